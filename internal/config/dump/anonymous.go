package dump

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/hash"
)

const cut = "[...]"

// role is what a word at a certain place is.
type role uint8

const (
	nothing role = iota
	name         // of something in the configuration, or of a user
	address
)

// roles tells what follows a keyword; words behind are shown only if they are
// plain.
var roles = map[string][]role{
	"acl":             {name},
	"bind":            {address},
	"backlog":         {nothing},
	"cookie":          {name},
	"default_backend": {name},
	"group":           {name},
	"log":             {address},
	"mailer":          {name, address},
	"nameserver":      {name, address},
	"peer":            {name, address},
	"server":          {name, address},
	"source":          {address},
	"stats socket":    {address},
	"table":           {name},
	"use-server":      {name},
	"use_backend":     {name},
	"user":            {name},
}

// private are keywords whose every argument is its owner's own business, numbers
// included.
var private = map[string]bool{
	"description": true, "node": true, "presetenv": true, "resetenv": true, "setenv": true, "stats auth": true, "unsetenv": true,
}

// vocabulary are the words of the language that may follow a keyword and say
// nothing about who uses it.
var vocabulary = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`avalanche check consistent consistent-hash crc32 disabled djb2 emerg enabled err
		first global http infinite info leastconn local0 local1 local2 local3 local4 local5 local6 local7 log map-based notice
		off on random roundrobin sdbm spop static-rr tcp warning wt6`) {
		m[w] = true
	}
	return m
}()

// anonymous gives the words that may be shown of a line.
func (d *Dumper) anonymous(words []string) []string {
	var out []string
	if config.IsSection(words[0]) {
		out = append(out, words[0])
		if len(words) > 1 {
			out = append(out, d.hashed("ID", words[1]))
		}
		return end(out, len(words) > 2)
	}
	if words[0] == "no" || words[0] == "default" {
		out, words = append(out, words[0]), words[1:]
	}
	n := d.keyword(words)
	keyword := strings.Join(words[:n], " ")
	out, words = append(out, words[:n]...), words[n:]
	if n == 0 || private[keyword] || strings.HasPrefix(keyword, ".") {
		return end(out, len(words) > 0)
	}
	for i, w := range words {
		switch as := roles[keyword]; {
		case i >= len(as) && plain(w), keyword == "log" && w == "global":
			out = append(out, w)
		case i < len(as) && as[i] == name:
			out = append(out, d.hashed("ID", w))
		case i < len(as) && as[i] == address:
			out = append(out, d.address(w))
		default:
			return end(out, true)
		}
	}
	return out
}

func end(words []string, more bool) []string {
	if more {
		return append(words, cut)
	}
	return words
}

// keyword returns how many of the words are a keyword: 0 when the line begins
// with none, for then its first word may be anything.
func (d *Dumper) keyword(words []string) int {
	for n := min(len(words), 4); n > 0; n-- {
		if d.rows[strings.Join(words[:n], " ")] {
			return n
		}
	}
	if len(words) > 0 {
		switch words[0] {
		case ".if", ".elif", ".else", ".endif", ".notice", ".warning", ".alert", ".diag":
			return 1
		}
	}
	return 0
}

// plain tells words that may be shown: numbers, with a unit, and the vocabulary.
func plain(w string) bool {
	if vocabulary[w] {
		return true
	}
	digits := strings.TrimRight(w, "usmhdkgKMG")
	if len(w)-len(digits) > 2 {
		return false
	}
	_, err := strconv.Atoi(digits)
	return err == nil
}

func (d *Dumper) hash(s string) uint32 { return hash.XXH32([]byte(s), d.Key) & 0xffffff }

func (d *Dumper) hashed(what, s string) string { return fmt.Sprintf("%s(%06x)", what, d.hash(s)) }

// address hides the host of an address and shows its port. Where it is only
// this machine there is nothing to hide.
func (d *Dumper) address(s string) string {
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && digitsOnly(s[i+1:]) && (strings.Count(s, ":") == 1 || strings.HasPrefix(s, "[") && s[i-1] == ']') {
		host, port = s[:i], s[i:]
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	switch {
	case host == "" || host == "*", err == nil && (ip.IsLoopback() || ip.IsUnspecified()):
		return s
	case err == nil && ip.Is4():
		return d.hashed("IPV4", host) + port
	case err == nil:
		return d.hashed("IPV6", strings.Trim(host, "[]")) + port
	case strings.HasPrefix(s, "/"):
		return d.hashed("PATH", s)
	}
	return fmt.Sprintf("%06x", d.hash(s))
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }
