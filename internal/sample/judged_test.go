package sample

import (
	"strings"
	"testing"
)

// While more of a message may come, only a verdict that it cannot change is one.
func TestJudged(t *testing.T) {
	fix := strings.ReplaceAll("8=FIX.4.0|9=66|35=A|34=1|49=EXECUTOR|52=20201029-10:54:19|56=CLIENT1|98=0|108=30|10=147|", "|", "\x01")
	mqtt := "\x10\x0e\x00\x04MQTT\x04\x02\x00\x0a\x00\x02id"
	eval := func(name, data string, partial bool) (found, value, unknown bool) {
		run := map[string]func(*Ctx, *Sample) bool{"fix_is_valid": convFIXValid, "mqtt_is_valid": convMQTTValid}[name]
		c := &Ctx{}
		c.Partial = partial
		c.unsure() // as the fetch before it
		s := Sample{Type: Bin, Data: []byte(data)}
		found = run(c, &s)
		return found, found && s.Int != 0, c.Unknown
	}
	for _, x := range []struct{ name, whole string }{{"fix_is_valid", fix}, {"mqtt_is_valid", mqtt}} {
		for cut := 1; cut <= len(x.whole); cut++ {
			found, value, unknown := eval(x.name, x.whole[:cut], true)
			if whole := cut == len(x.whole); found != whole || value != whole || unknown == whole {
				t.Errorf("%s of %d bytes of %d: found %v, %v, may change %v", x.name, cut, len(x.whole), found, value, unknown)
			}
			found, value, _ = eval(x.name, x.whole[:cut], false)
			if whole := cut == len(x.whole); found != whole || value != whole {
				t.Errorf("%s of %d bytes, no more to come: found %v, %v", x.name, cut, found, value)
			}
		}
		if found, _, unknown := eval(x.name, x.whole[:1]+"\x7f", true); found || !unknown {
			t.Errorf("%s of two bytes: found %v, may change %v", x.name, found, unknown)
		}
		if found, value, unknown := eval(x.name, x.whole+"more", true); !found || !value || unknown {
			t.Errorf("%s with more behind: found %v, %v, may change %v", x.name, found, value, unknown)
		}
	}
	for name, bad := range map[string][]string{
		"fix_is_valid":  {"9=66\x01" + fix, "8=FIX.9.9\x01" + fix, "8=FIX.4.0\x019=0\x01" + fix, "8=FIX.4.0\x0110=3\x01" + fix, "x\x01" + fix, strings.Replace(fix, "10=147", "10=148", 1)},
		"mqtt_is_valid": {"\x11\x00", "\x00\x30", "\x60\x30", "\x80\x30", "\xa0\x30", "\x10\xff\xff\xff\xff", strings.Replace(mqtt, "MQTT", "MQTX", 1)},
	} {
		for _, text := range bad {
			if found, value, unknown := eval(name, text, true); !found || value || unknown {
				t.Errorf("%s of %q: found %v, %v, may change %v", name, text, found, value, unknown)
			}
		}
	}
}
