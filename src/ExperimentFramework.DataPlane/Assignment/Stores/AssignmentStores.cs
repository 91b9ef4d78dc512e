using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The stores that are registered, each guarded once for all experiments.</summary>
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
            var troubles = All.Select(store => store.Trouble).OfType<string>().ToArray();
            return troubles.Length == 0 ? null : string.Join(" ", troubles);
        }
    }

    public IEnumerable<KeyValuePair<string, object>> Diagnostics => All.SelectMany((store, index) => store.Diagnostics.Select(number =>
        KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"{index}:{store.Name}:{number.Key}"), number.Value)));

    public IReadOnlyList<AssignmentStoreCircuitBreaker> All { get; }

    /// <summary>The store of a policy: the last one registered that has what the policy needs.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message names the remedy.</exception>
    public AssignmentStoreCircuitBreaker? Of(AssignmentPolicy policy, string experimentName) => policy switch
    {
        AssignmentPolicy.SubjectSticky => All.Count > 0 ? All[^1] : throw new InvalidOperationException(
            $"Experiment '{experimentName}' cannot start: WithPolicy(SubjectSticky) needs an assignment store, and none is registered: call AddInMemoryAssignmentStore(), AddSqliteAssignmentStore(...) or AddRedisAssignmentStore(...)."),
        AssignmentPolicy.GloballySticky => All.LastOrDefault(store => store.IsShared) ?? throw new InvalidOperationException(
            $"Experiment '{experimentName}' cannot start: WithPolicy(GloballySticky) needs an assignment store that all hosts share, and {(All.Count == 0 ? "none is registered" : $"{string.Join(", ", All.Select(store => store.Name))} is not shared")}: call AddRedisAssignmentStore(...)."),
        _ => null,
    };

    /// <summary>Deletes a subject from all stores. One that fails does not keep the others from it.</summary>
    /// <exception cref="AggregateException">A store could not delete.</exception>
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
            $"Not every assignment store could delete the subject ({deleted} assignments were deleted): call ForgetAsync again when they can.", faults);
    }

    /// <summary>Writes what the stores have missed, if they answer now.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var wait = _shutdown.Begin())
        {
            // A store may block its thread, whatever its timeout.
            await Task.WhenAll(All.Select(store => store.DisposeAsync().AsTask())).WaitAsync(wait.Remaining, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Dispose();
    }

    /// <summary>Waits for nothing: what the stores have missed is not written.</summary>
    public void Dispose()
    {
        foreach (var store in All)
        {
            store.Dispose();
        }

        _metrics.Dispose();
    }
}
