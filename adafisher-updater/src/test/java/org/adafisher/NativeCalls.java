package org.adafisher;

import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.nameMatches;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.none;

import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.asm.Advice;

/**
 * Counts what the library asks of ND4J while it is open: native operations and BLAS calls, and
 * reads of numbers out of arrays, each of which a device would have to wait for. What
 * Deeplearning4j itself asks is left out.
 */
public final class NativeCalls implements AutoCloseable {

  private static final String[] READS = {
    "getDouble", "getFloat", "getNumber", "getDoublesAt", "getFloatsAt", "asDouble", "asFloat"
  };

  // For the advice, whose code stands in ND4J's own classes.
  public static final AtomicInteger CALLS = new AtomicInteger();
  public static final AtomicInteger READ = new AtomicInteger();
  public static final ThreadLocal<int[]> DEPTHS = ThreadLocal.withInitial(() -> new int[2]);

  private final ResettableClassFileTransformer transformer;

  NativeCalls() {
    ByteBuddyAgent.install();
    transformer =
        new AgentBuilder.Default()
            .disableClassFormatChanges()
            .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
            .ignore(none())
            .type(named("org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner"))
            .transform(
                (builder, type, loader, module, domain) ->
                    builder.visit(
                        Advice.to(Call.class).on(isMethod().and(isPublic()).and(named("exec")))))
            .type(nameMatches("org\\.nd4j\\.linalg\\.api\\.blas\\.impl\\.BaseLevel[123]"))
            .transform(
                (builder, type, loader, module, domain) ->
                    builder
                        .visit(Advice.to(Call.class).on(isMethod().and(isPublic())))
                        .visit(
                            Advice.to(Read.class)
                                .on(namedOneOf("dot", "nrm2", "asum", "iamax", "iamin"))))
            .type(named("org.nd4j.linalg.api.buffer.BaseDataBuffer"))
            .transform(
                (builder, type, loader, module, domain) ->
                    builder.visit(Advice.to(Read.class).on(namedOneOf(READS))))
            .type(named("org.adafisher.curvature.HostVectors"))
            .transform(
                (builder, type, loader, module, domain) ->
                    builder.visit(
                        Advice.to(Read.class).on(namedOneOf("readDoubles", "readFloats"))))
            .installOnByteBuddyAgent();
    reset();
  }

  /** Begins anew. */
  void reset() {
    CALLS.set(0);
    READ.set(0);
  }

  int calls() {
    return CALLS.get();
  }

  int reads() {
    return READ.get();
  }

  @Override
  public void close() {
    transformer.reset(
        ByteBuddyAgent.getInstrumentation(), AgentBuilder.RedefinitionStrategy.RETRANSFORMATION);
  }

  /** Whether the library's code, rather than that of Deeplearning4j or a test, is calling. */
  public static boolean isOurs() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .filter(
                        name ->
                            name.startsWith("org.adafisher.")
                                && !name.contains("NativeCalls")
                                && !name.contains("Test"))
                    .findFirst()
                    .isPresent());
  }

  /** One within another counts once. */
  static final class Call {
    @Advice.OnMethodEnter
    static void enter() {
      if (DEPTHS.get()[0]++ == 0 && isOurs()) {
        CALLS.incrementAndGet();
      }
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit() {
      DEPTHS.get()[0]--;
    }
  }

  /** Likewise. */
  static final class Read {
    @Advice.OnMethodEnter
    static void enter() {
      if (DEPTHS.get()[1]++ == 0 && isOurs()) {
        READ.incrementAndGet();
      }
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit() {
      DEPTHS.get()[1]--;
    }
  }
}
