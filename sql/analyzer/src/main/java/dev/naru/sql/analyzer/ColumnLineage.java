package dev.naru.sql.analyzer;

import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedNode;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAggregateScanBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAnalyticFunctionGroup;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedArrayScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnRef;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedComputedColumnBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFilterScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedJoinScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedRecursiveRefScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedRecursiveScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSetOperationItem;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSetOperationScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSubqueryExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithEntry;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithRefScan;
import com.google.zetasql.resolvedast.ResolvedNodes.Visitor;
import dev.naru.sql.Analysis.Source;
import dev.naru.sql.TableName;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows each column of a resolved statement back to the columns of tables. Every column has an id
 * that is unique in the statement: one walk notes which ids each is computed from, the answer is
 * their closure.
 *
 * <p>A scan whose columns come from nowhere that is known here (PIVOT, UNPIVOT, a table function)
 * is taken to compute each of them from all columns below it: too much rather than too little.
 */
final class ColumnLineage extends Visitor {

  private final Map<Long, Set<Long>> computedFrom = new HashMap<>();
  private final Map<Long, Source> read = new HashMap<>();
  private final Map<String, List<ResolvedColumn>> named = new HashMap<>();
  private final Set<Long> filtering = new HashSet<>();

  /** Where the column references that are met belong; the innermost first. */
  private final Deque<Set<Long>> collecting = new ArrayDeque<>();

  /** Columns of the scans right below the one that is walked; the innermost first. */
  private final Deque<Set<Long>> scans = new ArrayDeque<>();

  private final Deque<List<ResolvedColumn>> recursive = new ArrayDeque<>();

  /** Table columns whose values are in this column. */
  Set<Source> sources(ResolvedColumn column) {
    return sources(Set.of(column.getId()));
  }

  /** Table columns that decide which rows there are. */
  Set<Source> filters() {
    return sources(filtering);
  }

  private Set<Source> sources(Set<Long> columns) {
    var found = new TreeSet<Source>();
    var seen = new HashSet<>(columns);
    var open = new ArrayDeque<>(columns);
    while (!open.isEmpty()) {
      var id = open.pop();
      var source = read.get(id);
      if (source != null) {
        found.add(source);
      }
      computedFrom.getOrDefault(id, Set.of()).stream().filter(seen::add).forEach(open::push);
    }
    return found;
  }

  @Override
  protected void defaultVisit(ResolvedNode node) {
    switch (node) {
      case ResolvedScan scan -> scan(scan);
      case ResolvedColumnRef reference -> {
        if (!collecting.isEmpty()) {
          collecting.peek().add(reference.getColumn().getId());
        }
      }
      case ResolvedComputedColumnBase computed -> into(computed.getColumn(), computed.getExpr());
      case ResolvedAnalyticFunctionGroup group -> window(group);
      case ResolvedSubqueryExpr subquery -> subquery(subquery);
      case ResolvedWithEntry entry -> {
        named.put(entry.getWithQueryName(), entry.getWithSubquery().getColumnList());
        super.defaultVisit(entry);
      }
      default -> super.defaultVisit(node);
    }
  }

  private void scan(ResolvedScan scan) {
    var below = new HashSet<Long>();
    scans.push(below);
    // references of its own that belong to no column: what a PIVOT aggregates, what ORDER BY sorts
    collecting.push(below);
    switch (scan) {
      case ResolvedTableScan table -> table(table);
      case ResolvedArrayScan array -> array(array);
      case ResolvedWithRefScan reference ->
          positional(
              reference.getColumnList(),
              named.getOrDefault(reference.getWithQueryName(), List.of()));
      case ResolvedSetOperationScan union -> {
        union.getInputItemList().forEach(it -> item(union, it));
        super.defaultVisit(union);
      }
      case ResolvedRecursiveScan union -> recursive(union);
      case ResolvedRecursiveRefScan reference -> {
        if (!recursive.isEmpty()) {
          positional(reference.getColumnList(), recursive.peek());
        }
      }
      case ResolvedFilterScan filter -> {
        filter.getInputScan().accept(this);
        filter(filter.getFilterExpr());
      }
      case ResolvedJoinScan join -> {
        join.getLeftScan().accept(this);
        join.getRightScan().accept(this);
        filter(join.getJoinExpr());
      }
      case ResolvedAggregateScanBase aggregate -> {
        super.defaultVisit(aggregate);
        aggregate.getGroupByList().forEach(it -> filtering.add(it.getColumn().getId()));
      }
      default -> super.defaultVisit(scan);
    }
    collecting.pop();
    scans.pop();
    for (var column : scan.getColumnList()) {
      if (!computedFrom.containsKey(column.getId()) && !read.containsKey(column.getId())) {
        computedFrom.put(column.getId(), below);
      }
      if (!scans.isEmpty()) {
        scans.peek().add(column.getId());
      }
    }
  }

  /** A rank has its value from what it is ordered and partitioned by. */
  private void window(ResolvedAnalyticFunctionGroup group) {
    super.defaultVisit(group);
    var window = new HashSet<Long>();
    for (var part : Arrays.asList(group.getPartitionBy(), group.getOrderBy())) {
      if (part != null) {
        collect(window, part);
      }
    }
    group
        .getAnalyticFunctionList()
        .forEach(
            it ->
                computedFrom
                    .computeIfAbsent(it.getColumn().getId(), _ -> new HashSet<>())
                    .addAll(window));
  }

  private void table(ResolvedTableScan scan) {
    var table = TableName.parse(scan.getTable().getFullName());
    var columns = scan.getColumnList();
    for (var i = 0; i < columns.size(); i++) {
      var column =
          scan.getTable().getColumn(Math.toIntExact(scan.getColumnIndexList().get(i))).getName();
      read.put(columns.get(i).getId(), new Source(table, column));
    }
    super.defaultVisit(scan);
  }

  private void into(ResolvedColumn column, ResolvedNode expression) {
    collect(computedFrom.computeIfAbsent(column.getId(), _ -> new HashSet<>()), expression);
  }

  private void filter(ResolvedExpr condition) {
    if (condition != null) {
      collect(filtering, condition);
    }
  }

  private void collect(Set<Long> target, ResolvedNode expression) {
    collecting.push(target);
    expression.accept(this);
    collecting.pop();
  }

  private void array(ResolvedArrayScan scan) {
    if (scan.getInputScan() != null) {
      scan.getInputScan().accept(this);
    }
    for (var i = 0; i < scan.getElementColumnList().size(); i++) {
      into(scan.getElementColumnList().get(i), scan.getArrayExprList().get(i));
    }
    filter(scan.getJoinExpr());
  }

  /** The rows of a subquery decide what the expression around it is. */
  private void subquery(ResolvedSubqueryExpr subquery) {
    if (subquery.getInExpr() != null) {
      subquery.getInExpr().accept(this);
    }
    subquery.getSubquery().accept(this);
    if (!collecting.isEmpty()) {
      subquery.getSubquery().getColumnList().stream()
          .map(ResolvedColumn::getId)
          .forEach(collecting.peek()::add);
    }
  }

  private void recursive(ResolvedRecursiveScan scan) {
    recursive.push(scan.getColumnList());
    item(scan, scan.getNonRecursiveTerm());
    item(scan, scan.getRecursiveTerm());
    super.defaultVisit(scan);
    recursive.pop();
  }

  private void item(ResolvedScan scan, ResolvedSetOperationItem item) {
    positional(scan.getColumnList(), item.getOutputColumnList());
  }

  private void positional(List<ResolvedColumn> to, List<ResolvedColumn> from) {
    for (var i = 0; i < Math.min(to.size(), from.size()); i++) {
      computedFrom
          .computeIfAbsent(to.get(i).getId(), _ -> new HashSet<>())
          .add(from.get(i).getId());
    }
  }
}
