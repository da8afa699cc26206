package line

import (
	"fmt"
	"time"
)

// Mode is how a session goes on after a line.
type Mode uint8

// The modes of "prompt".
const (
	ModeSingle   Mode = iota // one line, then hang up ("n")
	ModeSilent               // line after line, no prompt ("i")
	ModePrompted             // line after line, with a prompt ("p")
)

const workerPromptUsage = `Usage: prompt [help | n | i | p | timed]*
Changes the default prompt and interactive mode. Available options:
  help    display this help
  n       set to single-command mode (no prompt, single command)
  i       set to interactive mode only (no prompt, multi-command)
  p       set to prompt+interactive mode (prompt + multi-command)
  timed   toggle displaying the current date in the prompt
Without any argument, toggles between n/i->p, p->n.`

const masterPromptUsage = `Usage: prompt [help | i | p | timed]*
Changes the default prompt and interactive mode. Available options:
  help    display this help
  i       set to interactive mode only (no prompt, multi-command)
  p       set to prompt+interactive mode (prompt + multi-command)
  timed   toggle displaying the current date in the prompt
Without any argument, toggles between i<->p.`

// prompt executes the command of that name; ok is false when the usage is the answer. Nothing changes then.
func (s *Session) prompt(args []string) (usage string, ok bool) {
	mode, timed := s.mode, s.timed
	usage, off := workerPromptUsage, ModeSingle
	if s.routes() {
		usage, off = masterPromptUsage, ModeSilent
	}
	if len(args) == 0 {
		if mode == ModePrompted {
			mode = off
		} else {
			mode = ModePrompted
		}
	}
	named := false // a mode that is named wins over the prompt that "timed" turns on
	for _, a := range args {
		switch {
		case a == "i":
			mode, named = ModeSilent, true
		case a == "p":
			mode, named = ModePrompted, true
		case a == "n" && !s.routes():
			mode, named = ModeSingle, true
		case a == "timed":
			timed = !s.timed // once, however often it is said
			if !named {
				mode = ModePrompted
			}
		default:
			return usage, false
		}
	}
	s.mode, s.timed = mode, timed
	return "", true
}

// formatUptime writes "d:hh:mm:ss".
func formatUptime(d time.Duration) string {
	sec := int64(max(d, 0) / time.Second)
	return fmt.Sprintf("%d:%02d:%02d:%02d", sec/86400, sec/3600%24, sec/60%60, sec%60)
}

// promptText is what invites to the next line; empty when this session shows none.
func (s *Session) promptText() string {
	if s.mode != ModePrompted {
		return ""
	}
	if s.routes() {
		return s.masterPrompt()
	}
	if s.timed && s.uptime != nil {
		return "[" + formatUptime(s.uptime()) + "]> "
	}
	return "> "
}
