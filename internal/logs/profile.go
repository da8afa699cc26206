package logs

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/config"
)

// CheckProfiles reports what is wrong with the formats of log-profile sections
// (manual 8.3.5).
func CheckProfiles(s *config.Spec, d *config.Diagnostics) {
	for _, f := range s.LogProfiles {
		for _, step := range f.Steps {
			kind := Traffic
			if step.Step == "error" {
				kind = ConnError
			}
			checkFormat(step.Format, step.Pos, kind, d)
			checkFormat(step.SD, step.Pos, Structured, d)
		}
	}
}

func checkFormat(text string, pos config.Pos, kind Kind, d *config.Diagnostics) {
	var fault *FormatError
	if _, err := Compile(text, pos, kind, nil); errors.As(err, &fault) {
		d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormConfig, Pos: pos,
			Text: "Parsing [" + pos.String() + "]: failed to parse logformat: " + fault.Text + "."})
	}
}
