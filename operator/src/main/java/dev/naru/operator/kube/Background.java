package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks slow services on virtual threads, so that no reconcile waits: the first ask starts the call,
 * its answer wakes the reconciler, the next ask returns it. One call per resource at a time.
 * Answers live in memory only; what must outlive the process belongs into status.
 *
 * @param <A> the answer; failures are answers too
 * @param <P> the resource that asks
 */
public final class Background<A, P extends HasMetadata> extends AbstractEventSource<A, P> {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private final Clock clock;
  private final Function<Throwable, A> broken;
  private final Map<ResourceID, Call<A>> calls = new ConcurrentHashMap<>();

  private record Call<A>(String question, Optional<Answer<A>> answer, int failures, boolean open) {}

  /**
   * An answer.
   *
   * @param retryAt when to ask again, for an answer that does not settle the question
   */
  public record Answer<A>(A value, Optional<Instant> retryAt) {}

  /**
   * Waits for questions.
   *
   * @param broken what a call answers that threw: a mistake of ours, which is asked again like
   *     every answer that does not settle the matter
   */
  public Background(Class<A> answers, String name, Clock clock, Function<Throwable, A> broken) {
    super(answers, name);
    this.clock = clock;
    this.broken = broken;
  }

  /**
   * Asks, or returns what was answered.
   *
   * @param question identifies the call; another one for the same resource replaces it
   * @param call what went wrong is an answer too; one that throws all the same is logged
   * @param settled whether an answer ends the matter; another one is asked again, with growing
   *     delay, when the reconciler next asks after {@link Answer#retryAt}
   */
  public Optional<Answer<A>> ask(
      ResourceID who, String question, Callable<A> call, Predicate<A> settled) {
    var known = calls.get(who);
    var fresh = known == null || !known.question().equals(question);
    if (fresh || due(known)) {
      var kept = fresh ? Optional.<Answer<A>>empty() : known.answer();
      var failures = fresh ? 0 : known.failures();
      calls.put(who, new Call<>(question, kept, failures, true));
      // what the call logs belongs to the resource that asks
      var context = LogContext.here();
      Thread.ofVirtual()
          .name("ask-" + name() + "-" + who.getName())
          .start(
              () -> {
                context.enter();
                answer(who, question, call, settled, failures);
              });
      return kept;
    }
    return known.answer();
  }

  /** Forgets what a resource asked. */
  public void forget(ResourceID who) {
    calls.remove(who);
  }

  private boolean due(Call<A> call) {
    return !call.open() && call.answer().flatMap(Answer::retryAt).filter(this::due).isPresent();
  }

  /** Also when it is farther away than it can have been: the clock was set back meanwhile. */
  private boolean due(Instant at) {
    var now = clock.instant();
    return !at.isAfter(now) || at.isAfter(now.plus(LONGEST_RETRY));
  }

  private void answer(
      ResourceID who, String question, Callable<A> call, Predicate<A> settled, int failures) {
    var value = value(call);
    var done = settled.test(value);
    var retryAt =
        done ? Optional.<Instant>empty() : Optional.of(clock.instant().plus(delay(failures)));
    var answered =
        new Call<>(
            question, Optional.of(new Answer<>(value, retryAt)), done ? 0 : failures + 1, false);
    calls.computeIfPresent(
        who, (_, current) -> current.question().equals(question) ? answered : current);
    getEventHandler().handleEvent(new Event(who));
  }

  /** The call must end whatever happens: nobody asks again while it is open. */
  private A value(Callable<A> call) {
    try {
      return call.call();
    } catch (Exception | StackOverflowError e) {
      LOG.atError().setCause(e).log("a call in the background broke");
      return broken.apply(e);
    }
  }

  private static Duration delay(int failures) {
    var delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 16));
    return delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY;
  }

  @Override
  public java.util.Set<A> getSecondaryResources(P primary) {
    return java.util.Set.of();
  }
}
