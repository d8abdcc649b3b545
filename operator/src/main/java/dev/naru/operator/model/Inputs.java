package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.InputState;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.crds.v1alpha1.OnViolation;
import dev.naru.crds.v1alpha1.ServingInput;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How old the data is that a ModelService reads. Pure.
 *
 * @param states one for each input
 * @param missing DataMarts that do not exist, in words
 * @param stale inputs that are too old, in words
 * @param holds whether a new revision waits for younger data
 * @param changesIn when an input becomes too old by time alone
 */
record Inputs(
    List<InputState> states,
    List<String> missing,
    List<String> stale,
    boolean holds,
    Optional<Duration> changesIn) {

  Inputs {
    states = List.copyOf(states);
    missing = List.copyOf(missing);
    stale = List.copyOf(stale);
  }

  static Inputs of(ModelServiceSpec spec, Function<String, Optional<DataMart>> marts, Instant now) {
    var states = new ArrayList<InputState>();
    var missing = new ArrayList<String>();
    var stale = new ArrayList<String>();
    var holds = false;
    var changesIn = Optional.<Duration>empty();
    for (var input : spec.inputs()) {
      var name = input.dataMartRef().name();
      var mart = marts.apply(name);
      var through =
          mart.map(DataMart::getStatus).map(DataMartStatus::dataThrough).map(Instant.class::cast);
      var left =
          through.map(it -> Duration.between(now, it.plus(Durations.parse(input.maxStaleness()))));
      var fresh = left.filter(it -> !it.isNegative()).isPresent();
      if (mart.isEmpty()) {
        missing.add(name);
      } else if (!fresh) {
        stale.add(words(input, through));
      }
      holds |= !fresh && input.onViolation() == OnViolation.HOLD_ROLLOUT;
      if (fresh && changesIn.filter(it -> it.compareTo(left.get()) < 0).isEmpty()) {
        changesIn = left.map(it -> it.plusSeconds(1));
      }
      states.add(new InputState(name, through.orElse(null), fresh));
    }
    return new Inputs(states, missing, stale, holds, changesIn);
  }

  /** What is not as it should be, for people. */
  List<String> unmet() {
    return Stream.concat(
            stale.stream(), missing.stream().map("DataMart %s does not exist"::formatted))
        .toList();
  }

  private static String words(ServingInput input, Optional<Instant> through) {
    return through
        .map(
            it ->
                "DataMart %s is complete up to %s, which is longer ago than %s"
                    .formatted(input.dataMartRef().name(), it, input.maxStaleness()))
        .orElseGet(
            () -> "DataMart %s has published nothing yet".formatted(input.dataMartRef().name()));
  }

  /** Sets InputsFresh, or drops it where nothing is read. */
  void report(Conditions conditions, String namespace) {
    if (states.isEmpty()) {
      conditions.drop(ConditionTypes.INPUTS_FRESH);
    } else if (!stale.isEmpty()) {
      conditions.set(
          ConditionTypes.INPUTS_FRESH,
          ConditionStatus.FALSE,
          ModelReason.INPUTS_STALE.code(),
          String.join("; ", stale) + ": see its conditions");
    } else if (!missing.isEmpty()) {
      conditions.set(
          ConditionTypes.INPUTS_FRESH,
          ConditionStatus.UNKNOWN,
          Reason.DEPENDENCY_MISSING.code(),
          "spec.inputs: DataMart %s does not exist in namespace %s: create it or correct the name"
              .formatted(String.join(", ", missing), namespace));
    } else {
      conditions.set(
          ConditionTypes.INPUTS_FRESH,
          ConditionStatus.TRUE,
          ModelReason.INPUTS_YOUNG.code(),
          "The data of all inputs is as young as spec.inputs asks");
    }
  }
}
