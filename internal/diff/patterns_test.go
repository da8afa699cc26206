package diff

import (
	"strings"
	"testing"
)

func TestReadsPatterns(t *testing.T) {
	for line, want := range map[string]bool{
		"acl a path -f /etc/x":                                     true,
		"acl a path -i -f /etc/x -f /etc/y":                        true,
		"acl a path -f opt@/etc/x":                                 true,
		"acl a path -f x":                                          true,
		"acl x path -f /etc/x":                                     true,
		"http-request deny if { path -f /etc/x }":                  true,
		"use_backend %[path,map(/etc/x,app)]":                      true,
		"use_backend %[path,lower,map_beg(file@/etc/x)]":           true,
		"http-request set-header a %[path,map_str_int(/etc/x)]":    true,
		"acl a path,map(/etc/x) -f /etc/x":                         true,
		"http-request return file /etc/x":                          false,
		"http-request return lf-file /etc/x if { path -f /etc/x }": false,
		"http-request set-map(/etc/x) a b":                         false,
		"acl a path /etc/x":                                        false,
		"http-request return lf-file x if { path -f x }":           false,
		"acl a path x":                                             false,
		"acl a path -f /etc/y":                                     false,
		"http-request set-header a %[path,remap(/etc/x)]":          false,
	} {
		if got := readsPatterns(strings.Fields(line), "/etc/x"); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}
