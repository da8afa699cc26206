#include "textflag.h"

// See hold_amd64.s.
TEXT hold<>(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD ·holdSet(SB), R3
	MOVD 40(R2), R4           // context->uc_sigmask
	ORR  R3, R4, R4
	MOVD R4, 40(R2)
	MOVW R0, R1
	MOVW ·holdProcess(SB), R0
	MOVD $129, R8             // kill
	SVC
	RET

// func holdHandler() (handler, restorer uintptr)
TEXT ·holdHandler(SB), NOSPLIT, $0-16
	MOVD $hold<>(SB), R0
	MOVD R0, handler+0(FP)
	MOVD ZR, restorer+8(FP)   // the kernel has its own
	RET
