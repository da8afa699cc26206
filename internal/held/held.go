// Package held is how a master learns what keeps a worker that drains: the question,
// a command that only masters use, and its answer, a line of JSON.
package held

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
)

// Connection is a client connection that keeps a worker.
type Connection struct {
	Client   string `json:"client"` // address:port, or "unix"
	Frontend string `json:"frontend"`
	Backend  string `json:"backend"` // "": none yet
	Server   string `json:"server"`  // "": none
	State    string `json:"state"`   // "idle", or what is done with it
	Age      int64  `json:"age_ms"`
	Idle     *int64 `json:"idle_ms"` // since the last answer; null unless State is "idle"
}

// Answer is what a worker says of its connections.
type Answer struct {
	Total       int          `json:"total"`
	Idle        int          `json:"idle"`
	Connections []Connection `json:"connections"` // the oldest, oldest first
}

// Most bounds how many connections an answer describes.
const Most = 100

// MaxAnswer bounds the length of an encoded answer.
const MaxAnswer = 1 << 20

// maxName bounds the text of a member.
const maxName = 256

// Encode makes the answer one line.
func (a *Answer) Encode() ([]byte, error) {
	for i := range a.Connections {
		for _, s := range a.Connections[i].texts() {
			*s = (*s)[:min(len(*s), maxName)]
		}
	}
	b, err := json.Marshal(a)
	return append(b, '\n'), err
}

func (c *Connection) texts() []*string {
	return []*string{&c.Client, &c.Frontend, &c.Backend, &c.Server, &c.State}
}

// Decode reads what Encode wrote, maybe in a process of another version. It trusts
// nothing.
func Decode(b []byte) (*Answer, error) {
	if len(b) > MaxAnswer {
		return nil, errors.New("held: the answer is too long")
	}
	a := &Answer{}
	if err := json.Unmarshal(b, a); err != nil {
		return nil, fmt.Errorf("held: %w", err)
	}
	if len(a.Connections) > Most || a.Total < len(a.Connections) || a.Idle < 0 || a.Idle > a.Total {
		return nil, fmt.Errorf("held: %d of %d connections, %d idle", len(a.Connections), a.Total, a.Idle)
	}
	for i := range a.Connections {
		for _, s := range a.Connections[i].texts() {
			*s = printable((*s)[:min(len(*s), maxName)])
		}
	}
	return a, nil
}

// printable keeps what can stand in a line of columns.
func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c <= ' ' || c == 0x7f {
			b[i] = '?'
		}
	}
	return string(b)
}

// Selection tells which connections are meant; the zero value is all.
type Selection struct {
	Frontend string
	Client   netip.Prefix
}

// named are the names that proxies can have.
var named = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,256}$`)

// ParseSelection reads "frontend <name>" and "client <address>[/<bits>]" in any order.
func ParseSelection(args []string) (s Selection, err error) {
	for ; len(args) > 0; args = args[2:] {
		if len(args) < 2 || args[1] == "" {
			return s, fmt.Errorf("'%s' expects a value.", printable(args[0]))
		}
		switch args[0] {
		case "frontend":
			if !named.MatchString(args[1]) {
				return s, fmt.Errorf("'%s' cannot be the name of a frontend.", printable(args[1]))
			}
			s.Frontend = args[1]
		case "client":
			if s.Client, err = netip.ParsePrefix(args[1]); err != nil {
				var one netip.Addr
				if one, err = netip.ParseAddr(args[1]); err != nil || one.Zone() != "" {
					return s, fmt.Errorf("'%s' is neither an address nor a network.", printable(args[1]))
				}
				s.Client = netip.PrefixFrom(one.Unmap(), one.Unmap().BitLen())
			}
		default:
			return s, fmt.Errorf("'%s' is unknown: 'frontend <name>' or 'client <address>' selects.", printable(args[0]))
		}
	}
	return s, nil
}

// Words are the arguments that ParseSelection reads; empty for all.
func (s Selection) Words() (w []string) {
	if s.Frontend != "" {
		w = append(w, "frontend", s.Frontend)
	}
	if s.Client.IsValid() {
		w = append(w, "client", s.Client.String())
	}
	return w
}
