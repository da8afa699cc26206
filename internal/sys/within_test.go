package sys

import (
	"net/netip"
	"testing"
)

func TestWithin(t *testing.T) {
	bind := func(addr string, o ListenOptions) int {
		t.Helper()
		fd, err := BindTCP(netip.MustParseAddrPort(addr), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { Close(fd) })
		return fd
	}
	port := boundName(bind("127.0.0.1:0", ListenOptions{})).Port()
	at := func(ip string) string { return netip.AddrPortFrom(netip.MustParseAddr(ip), port).String() }
	for _, c := range []struct {
		narrow, wide           string
		narrowOption, wideOpts ListenOptions
		want                   bool
	}{
		{narrow: "127.0.0.1", wide: "0.0.0.0", want: true},
		{narrow: "127.0.0.1", wide: "127.0.0.1"},
		{narrow: "127.0.0.1", wide: "127.0.0.2"},
		{narrow: "0.0.0.0", wide: "0.0.0.0"},
		{narrow: "0.0.0.0", wide: "127.0.0.1"},
		{narrow: "::1", wide: "0.0.0.0"},
		{narrow: "::1", wide: "::", wideOpts: ListenOptions{V6Only: true}, want: true},
		{narrow: "::1", wide: "::", wideOpts: ListenOptions{V4V6: true}, want: true},
		{narrow: "127.0.0.1", wide: "::", wideOpts: ListenOptions{V6Only: true}},
		{narrow: "127.0.0.1", wide: "::", wideOpts: ListenOptions{V4V6: true}, want: true},
		{narrow: "0.0.0.0", wide: "::", wideOpts: ListenOptions{V4V6: true}, want: true},
		{narrow: "::", narrowOption: ListenOptions{V6Only: true}, wide: "::", wideOpts: ListenOptions{V4V6: true}, want: true},
		{narrow: "::", narrowOption: ListenOptions{V4V6: true}, wide: "::", wideOpts: ListenOptions{V6Only: true}},
		{narrow: "::", narrowOption: ListenOptions{V4V6: true}, wide: "0.0.0.0"},
		{narrow: "127.0.0.1", narrowOption: ListenOptions{Multipath: true}, wide: "0.0.0.0"},
	} {
		if got := Within(bind(at(c.narrow), c.narrowOption), bind(at(c.wide), c.wideOpts)); got != c.want {
			t.Errorf("%s %+v within %s %+v: %t", c.narrow, c.narrowOption, c.wide, c.wideOpts, got)
		}
	}
	if Within(bind("127.0.0.1:0", ListenOptions{}), bind(at("0.0.0.0"), ListenOptions{})) {
		t.Error("another port")
	}
	name, err := UnixSockaddr(t.TempDir()+"/s", false)
	if err != nil {
		t.Fatal(err)
	}
	unix, err := BindUnix(name)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(unix)
	if Within(unix, bind(at("0.0.0.0"), ListenOptions{})) || Within(bind(at("127.0.0.1"), ListenOptions{}), unix) || Within(-1, unix) {
		t.Error("a UNIX socket")
	}
	// bound to an interface, for which privileges may be missing
	if fd, err := BindTCP(netip.MustParseAddrPort(at("127.0.0.1")), ListenOptions{Interface: "lo"}); err == nil {
		defer Close(fd)
		if Within(fd, bind(at("0.0.0.0"), ListenOptions{})) || !Within(fd, bind(at("0.0.0.0"), ListenOptions{Interface: "lo"})) {
			t.Error("an interface")
		}
	}
}
