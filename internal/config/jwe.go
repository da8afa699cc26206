package config

import (
	"slices"
	"strings"
)

// JWE says which encrypted tokens the converters jwt_decrypt_* open; nil: all they
// can.
type JWE struct{ Algorithms, Encodings []string }

// Allows tells whether a token's algorithm and encoding, of RFC 7518 4.1 and 5.1, are
// allowed.
func (j *JWE) Allows(alg, enc string) bool {
	return (j.Algorithms == nil || slices.Contains(j.Algorithms, alg)) && (j.Encodings == nil || slices.Contains(j.Encodings, enc))
}

// The names of RFC 7518 4.1 and 5.1.
var (
	jweAlgorithms = []string{"RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "dir", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW",
		"ECDH-ES+A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"}
	jweEncodings = []string{"A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"}
)

var jweRows = Table{
	jweRow("jwt.decrypt_alg_list", "Sets by which key algorithms encrypted tokens are opened.", jweAlgorithms, func(j *JWE) *[]string { return &j.Algorithms }),
	jweRow("jwt.decrypt_enc_list", "Sets by which content encryptions encrypted tokens are opened.", jweEncodings, func(j *JWE) *[]string { return &j.Encodings }),
}

func jweRow(name, doc string, known []string, field func(*JWE) *[]string) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <list>", Since: "3.4", Doc: doc, Parse: func(p *Parser, l *Line) {
		on := map[string]bool{}
		for _, w := range strings.Split(l.Arg(1), ":") {
			w, off := strings.CutPrefix(w, "!")
			switch {
			case w == "":
			case w == "ALL":
				for _, k := range known {
					on[k] = !off
				}
			case slices.Contains(known, w):
				on[w] = !off
			default:
				p.Alert(l.Pos, "Unknown algorithm/encoding %s", clip(w))
				return
			}
		}
		list := []string{} // nil would be all
		for _, k := range known {
			if on[k] {
				list = append(list, k)
			}
		}
		*field(&p.spec.Global.JWE) = list
	}}
}

func (t *textWriter) jwe(j *JWE) {
	for _, x := range []struct {
		name string
		list []string
	}{{"jwt.decrypt_alg_list", j.Algorithms}, {"jwt.decrypt_enc_list", j.Encodings}} {
		switch {
		case len(x.list) > 0:
			t.line(x.name, strings.Join(x.list, ":"))
		case x.list != nil:
			t.line(x.name, "!ALL")
		}
	}
}
