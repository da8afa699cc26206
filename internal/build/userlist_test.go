package build

import (
	"strings"
	"testing"
)

// What is wrong with userlists that expressions name. The words about names and groups
// are HAProxy's.
func TestUserLists(t *testing.T) {
	const lists = "userlist u\n group g1\n user x insecure-password y groups g1\nuserlist crypted\n user ok password $1$salt$ez2vlPGdaLYkJam5pWs/Y1\n user old password abNANd1rDfiNc\n user wrong password secret\n" +
		"userlist slow\n user x password $5$rounds=900000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7\nuserlist unused\n user old password abNANd1rDfiNc\n"
	for line, want := range map[string]string{
		"http-request auth unless { http_auth(nou) }":          "unable to find userlist 'nou' referenced in arg 1 of ACL keyword 'http_auth' in proxy 'fe'.",
		"http-request set-header x %[http_auth_group(nop)]":    "unable to find userlist 'nop' referenced in arg 1 of sample fetch keyword 'http_auth_group' in http-request expression in proxy 'fe'.",
		"acl c http_auth_group(nog) g1":                        "unable to find userlist 'nog' referenced in arg 1 of ACL keyword 'http_auth_group' in proxy 'fe'.",
		"use_backend %[http_auth_group(nob)]":                  "unable to find userlist 'nob' referenced in arg 1 of sample fetch keyword 'http_auth_group' in use_backend expression in proxy 'fe'.",
		"acl a http_auth()":                                    "missing userlist name in arg 1 of ACL keyword 'http_auth' in proxy 'fe'.",
		"acl b http_auth":                                      "missing userlist name in arg 1 of ACL keyword 'http_auth' in proxy 'fe'.",
		"http-request set-header x %[http_auth]":               "missing userlist name in arg 1 of sample fetch keyword 'http_auth' in http-request expression in proxy 'fe'.",
		"acl a http_auth_group(u) g1 nothing":                  "proxy fe: acl a http_auth_group(): invalid group 'nothing'.",
		"acl a http_auth_group(u) -i G1":                       "proxy fe: acl a http_auth_group(): invalid group 'G1'.",
		"acl a http_auth_group(u) --":                          "proxy fe: acl a http_auth_group(): no groups specified.",
		"http-request deny if { http_auth_group(u) zz }":       "proxy fe: acl  http_auth_group(): invalid group 'zz'.",
		"acl a http_auth(crypted)":                             "userlist 'crypted': the password of user 'old' cannot be verified: hashes of descrypt (DES) are not supported",
		"acl a http_auth(crypted) ":                            "userlist 'crypted': the password of user 'wrong' cannot be verified: this is not the hash of a password",
		"acl a http_auth(slow)":                                "takes a good part of a second of a processor (900000 rounds)",
		"acl a http_auth(u)":                                   "",
		"acl a http_auth_group(u) g1":                          "",
		"acl a http_auth_group(u) -m str x":                    "",
		"acl a http_auth_group(u),upper X":                     "",
		"http-request set-var(txn.a) http_auth_group(u),lower": "",
	} {
		_, messages := tryBuild(t, lists+"frontend fe\n mode http\n bind 127.0.0.1:1\n "+line+"\n", Options{}, nil)
		got := strings.Join(messages, "\n")
		if want == "" && strings.Contains(got, "userlist") || !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
