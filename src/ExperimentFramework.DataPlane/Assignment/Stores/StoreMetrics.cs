using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>The instruments of assignment stores. Counting happens on the callers' threads; the instruments only read the counts.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter;

    public StoreMetrics(IReadOnlyList<AssignmentStoreCircuitBreaker> stores, IMeterFactory? meterFactory)
    {
        var options = new MeterOptions(DeliveryMetrics.MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableCounter(
            "dataplane.assignment.store.asks",
            () => ByResult(stores, store => store.Calls.Rows),
            "{ask}",
            "Queries to an assignment store, by result: answered, timeout, unreachable, fault (of one subject) or skipped (not made, because the store's circuit is open).");
        _meter.CreateObservableGauge(
            "dataplane.assignment.store.away",
            () => stores.Select((store, index) => new Measurement<int>(store.IsUnavailable ? 1 : 0, Tag(store, index))),
            "1",
            "Whether an assignment store's circuit is open because the store is unavailable: 1 while it is, else 0.");
        _meter.CreateObservableGauge(
            "dataplane.assignment.store.write_behind.pending",
            () => stores.Select((store, index) => new Measurement<long>(store.WriteBehind.Count, Tag(store, index))),
            "{assignment}",
            "Assignments that were served while the store was unavailable and are waiting to be written.");
        _meter.CreateObservableCounter(
            "dataplane.assignment.store.write_behind",
            () => ByResult(stores, store => store.WriteBehind.Rows),
            "{assignment}",
            "Assignments that have left the write-behind queue, by result: written, superseded (another host had written first), fault (of one subject) or dropped (queue full).");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> ByResult(IReadOnlyList<AssignmentStoreCircuitBreaker> stores, Func<AssignmentStoreCircuitBreaker, IEnumerable<(string Result, long Count)>> rows) =>
        stores.SelectMany((store, index) => rows(store).Select(row => new Measurement<long>(row.Count, Tag(store, index), KeyValuePair.Create<string, object?>("result", row.Result))));

    /// <summary>Creates the store tag. The index distinguishes stores of the same type, as in health.</summary>
    private static KeyValuePair<string, object?> Tag(AssignmentStoreCircuitBreaker store, int index) =>
        KeyValuePair.Create<string, object?>("store", FormattableString.Invariant($"{index}:{store.Name}"));
}
