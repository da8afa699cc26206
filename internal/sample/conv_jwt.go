package sample

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// JSON web tokens (manual 7.3.1: jwt_header_query, jwt_payload_query, jwt_verify;
// RFC 7515).

// What jwt_verify answers.
const (
	jwtSuccess          = 1
	jwtFailure          = 0
	jwtUnknownAlgorithm = -1
	jwtInvalidToken     = -3
	jwtUnknownKey       = -5
)

// tokenParts cuts a token at its dots; a signed one has three parts, an encrypted
// one five.
func tokenParts(b []byte) (parts [5][]byte, n int) {
	for ; n < len(parts); n++ {
		i := bytes.IndexByte(b, '.')
		if i < 0 {
			parts[n] = b
			return parts, n + 1
		}
		parts[n], b = b[:i], b[i+1:]
	}
	return parts, n + 1
}

// compileJWTQuery decodes one part of a token, and asks it for a path when there
// is one.
func compileJWTQuery(part int) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		var query *jsonQuery
		if a[0].Set {
			q, err := parseJSONQuery(a[0], a[1])
			if err != nil {
				return nil, err
			}
			query = &q
		}
		return func(c *Ctx, s *Sample) bool {
			parts, n := tokenParts(s.Data)
			if n != 3 && !(n == 5 && part == 0) {
				return false
			}
			in := parts[part]
			b := c.bytes(base64.RawURLEncoding.DecodedLen(len(in)))
			if b == nil {
				return false
			}
			size, err := base64.RawURLEncoding.Decode(b, in)
			if err != nil {
				return false
			}
			if b = c.keep(b, size); query == nil {
				return s.setStr(b)
			}
			return query.find(c, s, b)
		}, nil
	}
}

// maxKeyFile bounds a file with a public key, in bytes.
const maxKeyFile = 1 << 20

// readKey reads a file where nobody else does.
func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxKeyFile+1))
}

// publicKey reads a public key in PEM form.
func publicKey(path string, sc *Scope) (crypto.PublicKey, error) {
	read := sc.ReadFile
	if read == nil {
		read = readKey
	}
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("%s is too large", path)
	}
	if k, err := jwt.ParseRSAPublicKeyFromPEM(text); err == nil {
		return k, nil
	}
	if k, err := jwt.ParseECPublicKeyFromPEM(text); err == nil {
		return k, nil
	}
	return nil, fmt.Errorf("no public key in %s", path)
}

// compileJWTVerify compiles jwt_verify(alg,key): both may be variables. A key is a
// secret with HMAC, and the path of a public key with other algorithms; all keys
// are read now.
func compileJWTVerify(a []Arg, sc *Scope) (Eval, error) {
	algorithm, algVar, err := textOrVariable(a[0], sc)
	if err != nil {
		return nil, err
	}
	key, keyVar, err := textOrVariable(a[1], sc)
	if err != nil {
		return nil, err
	}
	switch {
	case !algVar && a[0].Text != "none" && jwt.GetSigningMethod(a[0].Text) == nil:
		return nil, fmt.Errorf("unknown JWT algorithm: %s", a[0].Text)
	case !a[1].Set:
		return nil, errors.New("jwt_verify: key must not be empty")
	}
	var public crypto.PublicKey
	if !keyVar {
		// With an algorithm in a variable, the key may be a secret as well.
		secret := !algVar && (a[0].Text[0] == 'H' || a[0].Text == "none")
		if public, err = publicKey(a[1].Text, sc); err != nil && !secret && !algVar {
			return nil, fmt.Errorf("failed to load public key: %w", err)
		}
	}
	return func(c *Ctx, s *Sample) bool {
		alg, ok1 := algorithm(c)
		k, ok2 := key(c)
		if !ok1 || !ok2 {
			return false
		}
		return s.setInt(verifyJWT(s.Data, string(alg), k, public))
	}, nil
}

func verifyJWT(token []byte, alg string, secret []byte, public crypto.PublicKey) int64 {
	method := jwt.GetSigningMethod(alg)
	if method == nil {
		return jwtUnknownAlgorithm
	}
	parts, n := tokenParts(token)
	switch {
	case n != 3:
		return jwtInvalidToken
	case alg == "none":
		return oneIf(len(parts[2]) == 0)
	}
	signature, err := base64.RawURLEncoding.DecodeString(string(parts[2]))
	if err != nil || len(signature) == 0 {
		return jwtInvalidToken
	}
	var key any = public
	if alg[0] == 'H' {
		key = secret
	} else if public == nil {
		return jwtUnknownKey
	}
	if method.Verify(string(token[:len(parts[0])+1+len(parts[1])]), signature, key) != nil {
		return jwtFailure
	}
	return jwtSuccess
}

// compileJWTVerifyCert compiles jwt_verify_cert(alg,cert): like jwt_verify with the
// public key of a certificate, which is read now.
func compileJWTVerifyCert(a []Arg, sc *Scope) (Eval, error) {
	algorithm, algVar, err := textOrVariable(a[0], sc)
	switch {
	case err != nil:
		return nil, err
	case isVariable(a[1].Text):
		return nil, errors.New("jwt_verify_cert: certificates in variables need TLS certificate stores, which are known but not built yet")
	case !algVar && (strings.HasPrefix(a[0].Text, "HS") || a[0].Text != "none" && jwt.GetSigningMethod(a[0].Text) == nil):
		return nil, fmt.Errorf("unknown JWT algorithm: %s", a[0].Text)
	case !a[1].Set:
		return nil, errors.New("jwt_verify_cert: certificate must not be empty")
	}
	public, err := publicKey(a[1].Text, sc)
	if err != nil {
		return nil, fmt.Errorf("failed to load certificate: %w", err)
	}
	return func(c *Ctx, s *Sample) bool {
		alg, ok := algorithm(c)
		if !ok {
			return false
		}
		if len(alg) > 0 && alg[0] == 'H' {
			return s.setInt(jwtUnknownAlgorithm) // a public key is no secret
		}
		return s.setInt(verifyJWT(s.Data, string(alg), nil, public))
	}, nil
}
