package master

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/mworker"
)

// reloadCommands are the commands of the master CLI that begin and end loads.
// The reference ignores what follows "reload"; here "force" and "cancel" mean
// something.
func (m *master) reloadCommands() line.Table {
	return line.Table{
		{Words: []string{"reload"}, Help: "achieve a soft-reload (-sf) of haproxy", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { m.reload(s, mworker.ReloadSoft) }},
		{Words: []string{"reload", "force"}, Help: "reload even if no listener is left", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { m.reload(s, mworker.ReloadSoft|mworker.ReloadForced) }},
		{Words: []string{"reload", "check"}, Help: "load completely, tell the result and discard it", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { m.reload(s, mworker.ReloadCheck) }},
		{Words: []string{"rollback"}, Args: "[--dry-run] [<generation>]", Help: "load a generation again that is kept", Level: line.LevelOperator, Master: true, Run: m.rollback},
		{Words: []string{"reload", "cancel"}, Help: "give up the reload under way", Level: line.LevelOperator, Master: true, Run: m.cancelReload},
		{Words: []string{"hard-reload"}, Help: "achieve a hard-reload (-st) of haproxy", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { m.reload(s, mworker.ReloadHard) }},
		{Words: []string{"hard-reload", "force"}, Help: "hard-reload even if no listener is left", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { m.reload(s, mworker.ReloadHard|mworker.ReloadForced) }},
	}
}

func (m *master) reload(s *line.Session, kind mworker.ReloadKind) {
	m.answerLoad(s, mworker.Request{Kind: kind})
}

// answerLoad asks for a load and answers when it is decided (behaviour of the
// reference: "Success=", "--", the log of the load, an empty line, the end).
func (m *master) answerLoad(s *line.Session, request mworker.Request) {
	// The answer may take as long as a load does: what was answered before is not
	// held back meanwhile.
	s.Flush()
	request.By = "master CLI"
	check := request.Kind&mworker.ReloadCheck != 0
	former := m.m.Info().Generation
	r := <-m.m.Load(request)
	ok, late := "0", ""
	if r.OK {
		ok = "1"
		if !check && !r.InPlace {
			late = m.handedOver()
		}
	}
	s.WriteString("Success=" + ok + "\n")
	log := r.Log
	if len(log) == 0 && r.Reason != "" {
		log = []byte(r.Reason + "\n")
	}
	s.WriteString("--\n")
	s.WriteLines(string(log))
	if check {
		late += m.checkVerdict(r)
	} else {
		late += m.verdict(r, request.From)
	}
	s.WriteString(late)
	if r.OK && !check {
		s.Flush()
		s.WriteLines(m.changes(former, r.Generation))
	}
	s.HangUp()
}

// verdict is the last line of the log in an answer: which load the answer is
// about. Requests that came during a load share the next one.
func (m *master) verdict(r mworker.Result, from int) string {
	if r.Generation == 0 {
		return ""
	}
	text := fmt.Sprintf("Generation %d serves", r.Generation)
	if from != 0 {
		text += fmt.Sprintf(", with the files of generation %d", from)
	}
	if r.InPlace {
		text += ": the worker changed in place, nothing was restarted"
	}
	text += "."
	if !r.OK {
		text = fmt.Sprintf("Generation %d was not loaded.", r.Generation)
		if serving := m.m.Info().Generation; serving != 0 {
			text += fmt.Sprintf(" Generation %d goes on.", serving)
		}
	}
	return report.Line(report.Notice, m.report.PID, text) + "\n"
}

// checkVerdict is the last line of the answer about a load that was only checked.
func (m *master) checkVerdict(r mworker.Result) string {
	if r.OK { // it is in the log
		return ""
	}
	return report.Line(report.Notice, m.report.PID, "The configuration would not be loaded; nothing was changed.") + "\n"
}

func (m *master) cancelReload(s *line.Session, _ []string, _ []byte) {
	r := <-m.m.Cancel()
	if !r.OK {
		s.Err("No reload is under way.")
		return
	}
	s.Info(fmt.Sprintf("The load of generation %d is cancelled.", r.Generation))
}
