package config

import (
	"errors"
	"fmt"
	"time"
)

// ParseDelay reads a time, in milliseconds unless it has a unit (manual 2.5). The
// error is in the words with which the reference speaks of rules, what naming the
// one.
func ParseDelay(text, what string) (time.Duration, error) {
	d, rest, err := parseTime(text, time.Millisecond)
	var bad badByte
	switch {
	case err == nil && rest != "":
		return 0, fmt.Errorf("unexpected character '%s' in rule '%s'", clip(rest[:1]), what)
	case errors.As(err, &bad):
		return 0, fmt.Errorf("%v in rule '%s'", err, what)
	case err != nil:
		return 0, fmt.Errorf("timer overflow in argument '%s' to rule '%s' (maximum value is 2147483647 ms or ~24.8 days)", clip(text), what)
	case d == 0:
		return 0, fmt.Errorf("null value is not valid for a '%s' rule", what)
	}
	return d, nil
}
