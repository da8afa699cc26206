package check

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// expect waits until the bytes that came are what a step wants, or can no longer
// be.
func (r *run) expect(e *expect) (Result, bool) {
	r.used = true
	for {
		final := r.final()
		if e.judge != nil {
			if len(r.buf) == 0 && final && !e.hearsNothing {
				return r.noted(Result{Status: e.errorStatus, Info: r.empty()}), true
			}
			if v := e.judge(r, r.buf, final); !v.wait {
				return r.judged(e, v)
			}
		} else if res, done, known := r.match(e, final); known {
			return res, done
		}
		if !r.more() && r.broken != nil && !r.final() {
			return r.lost(r.broken, e.timeoutStatus), true
		}
	}
}

// final says that no more will come. What came before a reset counts.
func (r *run) final() bool {
	return r.eof || len(r.buf) >= r.most() || r.broken != nil && len(r.buf) > 0 && !timedOut(r.broken)
}

func (r *run) judged(e *expect, v verdict) (Result, bool) {
	switch {
	case v.status == "" && !v.last:
		return Result{}, false
	case v.status == "":
		return Result{Status: e.okStatus, Code: v.code, Info: v.info}, false
	}
	return r.noted(Result{Status: v.status, Code: v.code, Info: v.info}), true
}

// match looks for what a step wants; known is false while more bytes may change
// the outcome.
func (r *run) match(e *expect, final bool) (res Result, done, known bool) {
	if len(r.buf) == 0 && !final {
		return res, false, false
	}
	text := e.text
	if e.format != nil {
		text = e.format.Append(nil, &r.ctx)
	}
	if e.hex {
		b, err := sample.ParseHex(string(text))
		if err != nil {
			return Result{Status: "L7RSP", Info: "Failed to parse hexastring resulting of eval of a log-format string"}, true, true
		}
		text = b
	}
	if !final && len(r.buf) < e.size(text) {
		return res, false, false
	}
	var found bool
	switch {
	case e.regex != nil && e.digits:
		found = e.regex.Match(bytes.ToUpper(hex.AppendEncode(nil, r.buf))) || e.regex.Match(hex.AppendEncode(nil, r.buf))
	case e.regex != nil:
		found = e.regex.Match(r.buf)
	default:
		found = bytes.Contains(r.buf, text)
	}
	switch {
	case found && !e.not:
		return r.good(e), false, true
	case found:
		return r.bad(e, "TCPCHK matched unwanted "+e.unmatched+" at step "+r.number()), true, true
	case !final && e.minRecv < 0:
		return res, false, false
	case e.not:
		return r.good(e), false, true
	case len(r.buf) == 0:
		return r.bad(e, r.empty()), true, true
	}
	return r.bad(e, "TCPCHK did not match "+e.unmatched+" at step "+r.number()), true, true
}

func (r *run) empty() string { return "TCPCHK got an empty response at step " + r.number() }

func (r *run) number() string {
	n := r.at.number
	if n == 0 { // of a prepared script, whose first step is the connection
		for i := range r.script.steps {
			if &r.script.steps[i] == r.at {
				n = i
			}
		}
	}
	return strconv.Itoa(n)
}

// good is the result of a step that found what it wanted, if it is the last one.
func (r *run) good(e *expect) Result {
	res := Result{Status: e.okStatus, Info: "(tcp-check)"}
	if r.script.http {
		res.Code, res.Info = r.answer.status(), ""
	}
	if e.onSuccess != nil {
		res.Info = plainText(e.onSuccess.Append(nil, &r.ctx))
	}
	r.code(e, &res)
	return res
}

// bad is the result of a step that did not.
func (r *run) bad(e *expect, text string) Result {
	res := Result{Status: e.errorStatus, Info: text}
	if r.script.http {
		res.Code = r.answer.status()
	}
	if e.onError != nil {
		res.Info = plainText(e.onError.Append(nil, &r.ctx))
	}
	r.code(e, &res)
	return r.noted(res)
}

// plainText ends a text where it would for those who write it: at its first NUL.
func plainText(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}

// noted adds the step's comment.
func (r *run) noted(res Result) Result {
	if r.at.comment != "" {
		res.Info += " comment: " + r.at.comment
	}
	return res
}

// code replaces the code by what the step says it is.
func (r *run) code(e *expect, res *Result) {
	if e.code == nil {
		return
	}
	var s sample.Sample
	if e.code.Eval(&r.ctx, &s) && (s.Type != sample.Bin || sample.Cast(&r.ctx, &s, sample.Str)) && sample.Cast(&r.ctx, &s, sample.Sint) {
		res.Code = int(s.Int)
	}
}
