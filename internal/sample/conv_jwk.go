package sample

import (
	"crypto/ecdh"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/big"
)

// jwk is a JSON web key (RFC 7517, RFC 7518 6).
type jwk struct {
	Kty, Crv, K, X, Y, N, E, D, P, Q string
}

// jweKey is the key of who an encrypted token is for: one of the three.
type jweKey struct {
	secret []byte
	rsa    *rsa.PrivateKey
	ec     *ecdh.PrivateKey
}

var jwkCurves = map[string]struct {
	curve ecdh.Curve
	size  int // of a coordinate in bytes
}{"P-256": {ecdh.P256(), 32}, "P-384": {ecdh.P384(), 48}, "P-521": {ecdh.P521(), 66}}

func parseJWK(text []byte) (*jweKey, error) {
	var k jwk
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, errJWK
	}
	switch k.Kty {
	case "oct":
		b, err := unBase64([]byte(k.K))
		if err != nil || len(b) == 0 {
			return nil, errors.New("Missing or invalid 'k' in the key")
		}
		return &jweKey{secret: b}, nil
	case "RSA":
		return k.rsa()
	case "EC":
		return k.ec()
	}
	return nil, errJWK
}

var errJWK = errors.New("Missing key type (expected 'oct', 'RSA' or 'EC')")

func (k *jwk) rsa() (*jweKey, error) {
	var v [5]*big.Int
	for i, s := range []string{k.N, k.E, k.D, k.P, k.Q} {
		b, err := unBase64([]byte(s))
		if err != nil || len(b) == 0 || len(b) > 2048 {
			return nil, errors.New("Missing or invalid number in the RSA key")
		}
		v[i] = new(big.Int).SetBytes(b)
	}
	if !v[1].IsInt64() || v[1].Int64() > 1<<31-1 {
		return nil, errors.New("The exponent of the RSA key is too large")
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: v[0], E: int(v[1].Int64())}, D: v[2], Primes: v[3:5]}
	if err := key.Validate(); err != nil {
		return nil, err
	}
	key.Precompute()
	return &jweKey{rsa: key}, nil
}

// coordinate decodes a number of a fixed size.
func coordinate(s string, size int) ([]byte, error) {
	b, err := unBase64([]byte(s))
	if err != nil || len(b) == 0 || len(b) > size {
		return nil, errors.New("Missing or invalid coordinate in the EC key")
	}
	return append(make([]byte, size-len(b)), b...), nil
}

func (k *jwk) ec() (*jweKey, error) {
	c, ok := jwkCurves[k.Crv]
	if !ok {
		return nil, errors.New("Unknown curve of the EC key")
	}
	d, err := coordinate(k.D, c.size)
	if err != nil {
		return nil, err
	}
	key, err := c.curve.NewPrivateKey(d)
	return &jweKey{ec: key}, err
}

// public is the point of a key.
func (k *jwk) public() (*ecdh.PublicKey, error) {
	c, ok := jwkCurves[k.Crv]
	if !ok || k.Kty != "EC" {
		return nil, errJWE
	}
	x, err := coordinate(k.X, c.size)
	if err != nil {
		return nil, err
	}
	y, err := coordinate(k.Y, c.size)
	if err != nil {
		return nil, err
	}
	return c.curve.NewPublicKey(append(append([]byte{4}, x...), y...))
}

// agree derives a key of so many bytes for alg with the sender's key (RFC 7518 4.6.2).
func (k *jweKey) agree(h *jweHeader, alg string, size int) ([]byte, error) {
	public, err := h.EPK.public()
	if err != nil || public.Curve() != k.ec.Curve() {
		return nil, errJWE
	}
	z, err := k.ec.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := binary.BigEndian.AppendUint32(nil, uint32(len(alg)))
	info = append(info, alg...)
	for _, s := range []string{h.APU, h.APV} {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			return nil, err
		}
		info = append(binary.BigEndian.AppendUint32(info, uint32(len(b))), b...)
	}
	info = binary.BigEndian.AppendUint32(info, uint32(size)*8)
	var out []byte
	for round := uint32(1); len(out) < size; round++ {
		sum := sha256.New()
		sum.Write(binary.BigEndian.AppendUint32(nil, round))
		sum.Write(z)
		sum.Write(info)
		out = sum.Sum(out)
	}
	return out[:size], nil
}

// compileJWTDecrypt compiles jwt_decrypt_secret and jwt_decrypt_jwk: the key is text
// or a variable. What cannot be decrypted is empty.
func compileJWTDecrypt(parse func(text []byte) (*jweKey, error)) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		text, isVar, err := textOrVariable(a[0], sc)
		if err != nil {
			return nil, err
		}
		var allowed func(alg, enc string) bool
		if sc != nil {
			allowed = sc.JWE
		}
		var fixed *jweKey
		if !isVar {
			if fixed, err = parse([]byte(a[0].Text)); err != nil {
				return nil, err
			}
		}
		return func(c *Ctx, s *Sample) bool {
			key := fixed
			if key == nil {
				b, ok := text(c)
				if !ok {
					return false
				}
				var err error
				if key, err = parse(b); err != nil {
					return s.setBin(nil)
				}
			}
			plain, err := decryptJWE(s.Data, key, allowed)
			b := c.bytes(len(plain))
			if err != nil || b == nil {
				return s.setBin(nil)
			}
			copy(b, plain)
			return s.setBin(b)
		}, nil
	}
}

// jweSecret is a secret in base64.
func jweSecret(text []byte) (*jweKey, error) {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		b, err = unBase64(text)
	}
	if err != nil || len(b) == 0 {
		return nil, errors.New("failed to parse secret: argument needs to be base64 encoded, and can either be a string or a variable")
	}
	return &jweKey{secret: b}, nil
}
