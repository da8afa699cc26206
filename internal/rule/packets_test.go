package rule

import "testing"

func TestPacketActionErrors(t *testing.T) {
	for text, want := range map[string]string{
		"set-mark":                "expects an argument",
		"set-fc-tos if TRUE":      "expects an argument",
		"set-mark foo":            "unknown fetch method 'foo'",
		"set-bc-mark res.hdr(x)":  "fetch method 'set-bc-mark' extracts information from 'HTTP response headers', none of which is available here",
		"silent-drop x":           "trailing words",
		"silent-drop rst-ttl":     "missing rst-ttl value\n",
		"silent-drop rst-ttl x":   "invalid character starting at 'x' (value 1-255 expected)\n",
		"silent-drop rst-ttl 0":   "valid rst-ttl values are [1-255]\n",
		"silent-drop rst-ttl 256": "valid rst-ttl values are [1-255]\n",
		"early-hint":              "expects exactly 2 arguments",
		"early-hint Link":         "expects exactly 2 arguments",
		"early-hint Link if TRUE": "expects exactly 2 arguments",
		"do-log profile":          "action 'do-log': 'profile' expects argument.",
		"do-log x":                "trailing words",
	} {
		if _, err := compileOn(testCompiler(), httpRequest, 0, text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"set-mark 0x10", "set-tos 5000", "set-fc-mark src_port", "set-bc-tos int(5),add(1)"} {
		if _, err := compileOn(testCompiler(), httpRequest, 0, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
