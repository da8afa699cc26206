package check

import (
	"encoding/hex"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// prepared adds the steps of a kind of check that has its own option. Most are
// lines as a user could write them; answers that need arithmetic have a judge.
func (k *compiler) prepared(s *Script, kind string, args []string) (fault *Fault) {
	line := func(words ...string) {
		if f := k.steps(s, []*config.Setting{{Words: words}}, "tcp-check"); f != nil {
			fault = &Fault{Text: kind + ": " + f.Text}
			return
		}
		s.steps[len(s.steps)-1].number = 0
	}
	bytes := func(b []byte) { line("send-binary", hex.EncodeToString(b)) }
	judge := func(e *expect) {
		e.defaults(false)
		s.steps = append(s.steps, step{expect: e})
	}
	switch kind {
	case "redis-check":
		line("send", "*1\r\n$4\r\nPING\r\n")
		line("expect", "error-status", "L7STS", "on-error", "%[res.payload(0,0),cut_crlf]", "on-success", "Redis server is ok", "string", "+PONG\r\n")
	case "smtpchk":
		hello := "HELO localhost"
		if len(args) == 2 && (args[0] == "HELO" || args[0] == "EHLO") {
			hello = args[0] + " " + args[1]
		}
		judge(&expect{judge: smtpGreeting, hearsNothing: true})
		line("send", hello+"\r\n")
		judge(&expect{judge: smtpReply, hearsNothing: true})
		line("send", "QUIT\r\n")
		judge(&expect{judge: smtpGoodbye, hearsNothing: true})
	case "pgsql-check":
		user := "\x00\x03\x00\x00user\x00" + args[1] + "\x00\x00"
		bytes(append(be32(len(user)+4), user...))
		judge(&expect{judge: pgsqlAnswer, hearsNothing: true})
	case "ssl-hello-chk":
		s.steps = append(s.steps, step{send: &send{make: sslHello}})
		judge(&expect{judge: sslAnswer, okStatus: "L6OK", errorStatus: "L6RSP", timeoutStatus: "L6TOUT"})
	case "ldap-check":
		line("send-binary", "300c020101600702010304008000") // an anonymous bind, RFC 4511 4.2
		judge(&expect{judge: ldapAnswer, hearsNothing: true})
	case "spop-check":
		bytes(spopHello())
		judge(&expect{judge: spopAnswer})
	case "mysql-check":
		judge(&expect{judge: mysqlGreeting})
		s.steps[0].number = 2 // as the reference counts
		if len(args) < 2 {
			break
		}
		version := ""
		if len(args) > 2 {
			version = args[2]
		}
		bytes(mysqlLogin(args[1], version))
		judge(&expect{judge: mysqlAnswer, hearsNothing: true})
	}
	return fault
}

func be32(n int) []byte { return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }

// sslHello is a ClientHello of SSL 3.0 (RFC 6101 5.6.1.2) with the ciphers that
// servers of its time had.
func sslHello() []byte {
	var ciphers []byte
	for _, r := range [][2]byte{{0x01, 0x1b}, {0x2f, 0x3a}} {
		for c := r[0]; c <= r[1]; c++ {
			ciphers = append(ciphers, 0, c)
		}
	}
	b := append([]byte{3, 0}, be32(int(time.Now().Unix()))...)
	b = append(b, "HAPROXYSSLCHK\nHAPROXYSSLCHK\n"...) // which should be random
	b = append(b, 0, 0, byte(len(ciphers)))
	b = append(append(b, ciphers...), 1, 0)
	b = append([]byte{1, 0, 0, byte(len(b))}, b...)
	return append([]byte{22, 3, 0, 0, byte(len(b))}, b...)
}

// sslAnswer takes an alert as well as a hello for a sign of life.
func sslAnswer(_ *run, b []byte, final bool) verdict {
	switch {
	case len(b) < 5 && !final:
		return verdict{wait: true}
	case b[0] == 21 || b[0] == 22:
		return verdict{last: true}
	}
	return verdict{status: "L6RSP"}
}
