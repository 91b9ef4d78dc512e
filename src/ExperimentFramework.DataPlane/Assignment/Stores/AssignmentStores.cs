using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The registered stores, each behind one circuit breaker that all experiments share.</summary>
internal sealed class AssignmentStores : IHealthContributor, IAsyncDisposable, IDisposable
{
    private readonly StoreMetrics _metrics;
    private readonly ShutdownBudget _shutdown;
    private readonly TimeProvider _time;

    public AssignmentStores(
        IEnumerable<IAssignmentStore> stores, DataPlaneOptions options, ShutdownBudget shutdown, TimeProvider time, ILogger logger, IMeterFactory? meterFactory = null)
    {
        All = [.. stores.Select(store => new AssignmentStoreCircuitBreaker(store, options.StoreTimeout, options.AssignmentCacheCapacity, time, logger))];
        _metrics = new StoreMetrics(All, meterFactory);
        _shutdown = shutdown;
        _time = time;
    }

    public string Name => "assignment";

    public string? DegradedReason
    {
        get
        {
            var reasons = All.Select(store => store.DegradedReason).OfType<string>().ToArray();
            return reasons.Length == 0 ? null : string.Join(" ", reasons);
        }
    }

    public IEnumerable<KeyValuePair<string, object>> Diagnostics => All.SelectMany((store, index) => store.Diagnostics.Select(number =>
        KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"{index}:{store.Name}:{number.Key}"), number.Value)));

    public IReadOnlyList<AssignmentStoreCircuitBreaker> All { get; }

    /// <summary>Returns the store for a policy: the last one registered that meets the policy's requirements.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public AssignmentStoreCircuitBreaker? Of(AssignmentPolicy policy, string experimentName) => policy switch
    {
        AssignmentPolicy.SubjectSticky => All.Count > 0 ? All[^1] : throw new InvalidOperationException(
            $"Experiment '{experimentName}' cannot start: WithPolicy(SubjectSticky) requires an assignment store, and none is registered. Call AddInMemoryAssignmentStore(), AddSqliteAssignmentStore(...), AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)."),
        AssignmentPolicy.GloballySticky => All.LastOrDefault(store => store.IsShared) ?? throw new InvalidOperationException(
            $"Experiment '{experimentName}' cannot start: WithPolicy(GloballySticky) requires an assignment store that all hosts share, and {(All.Count == 0 ? "none is registered" : $"{string.Join(", ", All.Select(store => store.Name))} is not shared")}. Call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)."),
        _ => null,
    };

    /// <summary>Deletes a subject from all stores. A store that fails does not prevent deletion from the others.</summary>
    /// <exception cref="AggregateException">At least one store could not delete the subject.</exception>
    public async Task<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        List<Exception>? faults = null;
        foreach (var store in All)
        {
            try
            {
                deleted += await store.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                (faults ??= []).Add(exception);
            }
        }

        return faults is null ? deleted : throw new AggregateException(
            $"Not every assignment store could delete the subject ({deleted} assignments were deleted). Call ForgetAsync again when the stores are available.", faults);
    }

    /// <summary>Writes the assignments pending for each store, if it is available now.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var wait = _shutdown.Begin())
        {
            // A store may block its thread in spite of its timeout.
            await Task.WhenAll(All.Select(store => store.DisposeAsync().AsTask())).WaitAsync(wait.Remaining, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Dispose();
    }

    /// <summary>Does not wait: pending assignments are not written.</summary>
    public void Dispose()
    {
        foreach (var store in All)
        {
            store.Dispose();
        }

        _metrics.Dispose();
    }
}
