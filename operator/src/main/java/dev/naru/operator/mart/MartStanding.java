package dev.naru.operator.mart;

/** How a DataMart stands for somebody who wants to build its history. */
public sealed interface MartStanding {

  /** There is none of this name. */
  record Missing() implements MartStanding {}

  /** It is being deleted: nothing is built for it any more. */
  record Deleted() implements MartStanding {}

  /** It was not looked at yet, or not since it changed. */
  record Unknown() implements MartStanding {}

  /** It cannot be built now. */
  record NotReady(String why) implements MartStanding {}

  /** It can be built. */
  record Usable(MartHistory history) implements MartStanding {}
}
