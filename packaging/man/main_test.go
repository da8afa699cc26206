package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The page has every option once and is understood by groff without a warning.
func TestPage(t *testing.T) {
	template, err := os.ReadFile("sluice.8.in")
	if err != nil {
		t.Fatal(err)
	}
	text := page(string(template), "January 2, 2026")
	for _, want := range []string{
		".Dd January 2, 2026\n",
		".It Fl f Ar \\&<cfgfile|cfgdir>\n",
		".It Fl Ws\n",
		".It Fl dC Ns Ar \\&[[key],line]\n",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times", want, strings.Count(text, want))
		}
	}
	if strings.Contains(text, "@OPTIONS@") {
		t.Error("the options are missing")
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff to read the page")
	}
	cmd := exec.Command(groff, "-mandoc", "-Tutf8", "-ww", "-rLL=100n", "-P-c")
	cmd.Stdin = strings.NewReader(text)
	var warnings strings.Builder
	cmd.Stderr = &warnings
	out, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Errorf("%v: %s", err, &warnings)
	}
	plain := regexp.MustCompile(`.\x08`).ReplaceAllString(string(out), "") // bold and underlined by striking twice
	for _, want := range []string{"-S <bind>", "Stays in the foreground.", "EXIT STATUS"} {
		if !strings.Contains(plain, want) {
			t.Errorf("no %q in the page as it is read", want)
		}
	}
}
