package build

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Before a name is looked up, which may take long, the line is told.
func TestAt(t *testing.T) {
	text := "defaults\n timeout connect 1s\n timeout server 1s\n timeout client 1s\nbackend b\n server one one.example:1\n server none 127.0.0.1:1\n server two two.example:2\n"
	spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{})
	var got []string
	Build(spec, Options{
		Threads: 1,
		At:      func(p config.Pos) { got = append(got, p.String()) },
		Resolve: func(host string, _ config.AF) (netip.Addr, error) {
			got = append(got, host)
			return netip.Addr{}, errors.New("no such name")
		},
	}, diag)
	if want := []string{"t.cfg:6", "one.example", "t.cfg:8", "two.example"}; !slices.Equal(got, want) {
		t.Errorf("%s, want %s", strings.Join(got, " "), strings.Join(want, " "))
	}
}
