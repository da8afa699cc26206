package config

import (
	"errors"
	"fmt"
	"time"
)

// inspectRows limit how long content rules wait for what they look at (manual
// 4.2).
var inspectRows = Table{
	{Name: "tcp-request inspect-delay", In: InAnyProxy | NamedDefaults, Max: -1, Syntax: "tcp-request inspect-delay <timeout>",
		Doc: "Limits how long rules wait for the first bytes of a client.", Parse: func(p *Parser, l *Line) { p.inspectDelay(l, &p.proxy.InspectRequest) }},
	{Name: "tcp-response inspect-delay", In: InBackends | InDefaults | NamedDefaults, Max: -1, Syntax: "tcp-response inspect-delay <timeout>", Since: "1.5",
		Doc: "Limits how long rules wait for the first bytes of a server.", Parse: func(p *Parser, l *Line) { p.inspectDelay(l, &p.proxy.InspectResponse) }},
}

// inspectDelay reads the delay. Words after it are passed over, as in the
// reference.
func (p *Parser) inspectDelay(l *Line, v *time.Duration) {
	name, value, title := l.Words[0]+" inspect-delay", l.Arg(2), p.proxy.Title()
	d, err := p.delay(value, time.Millisecond)
	why := ""
	switch {
	case err == errTimerOverflow:
		why = fmt.Sprintf(" (timer overflow in '%s', maximum value is 2147483647 ms or ~24.8 days)", clip(value))
	case err != nil && !errors.Is(err, errNoDelay):
		why = fmt.Sprintf(" (%v)", err)
	}
	switch {
	case err != nil:
		p.Alert(l.Pos, "'%s' expects a positive delay in milliseconds, in %s%s", name, title, why)
	case *v != 0: // that of the defaults section included
		p.Warn(l.Pos, "ignoring %s (was already defined) in %s", name, title)
	default:
		*v = d
	}
}
