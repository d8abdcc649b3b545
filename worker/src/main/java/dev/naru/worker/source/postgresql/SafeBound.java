package dev.naru.worker.source.postgresql;

import java.time.Instant;
import java.util.List;

/**
 * The end of what a run may call complete.
 *
 * @param bound exclusive end of the cursor, as text; given back at the next run
 * @param dataThrough the same as a point in time
 * @param warnings what holds it back, or why it is not verified
 */
record SafeBound(String bound, Instant dataThrough, List<String> warnings) {}
