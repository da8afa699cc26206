#include "textflag.h"

// A handler that keeps a signal back: it adds holdSet to the mask that the thread
// returns to, and sends the signal to the process again. In the end every thread
// blocks it, and it waits.
//
// func hold(sig int32, info, context unsafe.Pointer), in C's convention
TEXT hold<>(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVQ ·holdSet(SB), AX
	ORQ  AX, 296(DX)          // context->uc_sigmask
	MOVL DI, SI
	MOVL ·holdProcess(SB), DI
	MOVL $62, AX              // kill
	SYSCALL
	RET

TEXT holdReturn<>(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVL $15, AX              // rt_sigreturn
	SYSCALL
	INT  $3

// func holdHandler() (handler, restorer uintptr)
TEXT ·holdHandler(SB), NOSPLIT, $0-16
	LEAQ hold<>(SB), AX
	MOVQ AX, handler+0(FP)
	LEAQ holdReturn<>(SB), AX
	MOVQ AX, restorer+8(FP)
	RET
