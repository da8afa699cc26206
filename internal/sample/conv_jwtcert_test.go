package sample

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A token is verified by the key of a certificate, and never by its text as a secret.
func TestJWTVerifyCert(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotAfter: time.Unix(4e9, 0)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	good, err := jwt.New(jwt.SigningMethodRS256).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := jwt.New(jwt.SigningMethodHS256).SignedString(text)
	if err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]int64{
		"str(" + good + "),jwt_verify_cert(RS256," + path + ")":   jwtSuccess,
		"str(" + good + "),jwt_verify_cert(RS512," + path + ")":   jwtFailure,
		"str(" + forged + "),jwt_verify_cert(RS256," + path + ")": jwtFailure,
		"str(a.b),jwt_verify_cert(RS256," + path + ")":            jwtInvalidToken,
	} {
		e, _, err := ParseExpr(expr, testScope)
		if err != nil {
			t.Fatal(err)
		}
		s := &Sample{}
		if !e.Eval(&Ctx{}, s) || s.Int != want {
			t.Errorf("%s: %d, want %d", expr[len(expr)-40:], s.Int, want)
		}
	}
	for _, bad := range []string{"HS256," + path, "foo," + path, "RS256,/nope", "RS256,txn.cert"} {
		if _, _, err := ParseExpr("str(a),jwt_verify_cert("+bad+")", testScope); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
