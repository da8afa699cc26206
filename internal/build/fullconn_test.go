package build

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// The numbers are what HAProxy shows as the limit of each backend ("slim").
func TestFullconn(t *testing.T) {
	text := `
global
 maxconn 1000
defaults
 mode http
 timeout connect 1s
 timeout client 1s
 timeout server 1s
frontend a
 maxconn 201
 bind 127.0.0.1:1
 use_backend b1 if { path /a }
 use_backend b1 if { path /b }
 use_backend b2 if { path /c }
 default_backend b2
frontend b
 maxconn 15
 bind 127.0.0.1:2
 use_backend %[path] if { path /a }
 default_backend b2
frontend c
 bind 127.0.0.1:3
 default_backend b5
frontend d
 disabled
 bind 127.0.0.1:4
 default_backend b6
listen l
 bind 127.0.0.1:5
 maxconn 77
 server s 127.0.0.1:1 minconn 5 maxconn 2
listen l2
 bind 127.0.0.1:6
 maxconn 78
 default_backend b3
 server s 127.0.0.1:1
backend b1
backend b2
backend b3
backend b4
backend b5
backend b6
backend b7
 fullconn 12
`
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte(text)}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	want := map[string]int64{"l": 8, "l2": 1, "b1": 21, "b2": 22, "b3": 8, "b4": 1, "b5": 100, "b6": 1, "b7": 12}
	for _, be := range Build(spec, Options{Threads: 1}, d).Backends {
		if be.Fullconn != want[be.Name] {
			t.Errorf("%s: %d, want %d", be.Name, be.Fullconn, want[be.Name])
		}
		if be.Name == "l" && be.Servers[0].MaxConn != 5 {
			t.Errorf("a maxconn below minconn stays %d", be.Servers[0].MaxConn)
		}
	}
}
