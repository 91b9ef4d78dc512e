using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>The stores that are registered, each guarded once for all experiments.</summary>
internal sealed class AssignmentStores(
    IEnumerable<IAssignmentStore> stores, IOptions<DataPlaneOptions> options, TimeProvider time, ILogger logger)
    : IHealthSource
{
    public string Name => "assignment";

    public string? Trouble
    {
        get
        {
            var troubles = All.Select(store => store.Trouble).OfType<string>().ToArray();
            return troubles.Length == 0 ? null : string.Join(" ", troubles);
        }
    }

    public IEnumerable<KeyValuePair<string, object>> Diagnostics => All.SelectMany((store, index) => store.Diagnostics.Select(number =>
        KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"{index}:{store.Name}:{number.Key}"), number.Value)));

    public IReadOnlyList<GuardedStore> All { get; } =
        [.. stores.Select(store => new GuardedStore(store, options.Value.StoreTimeout, time, logger))];

    /// <summary>The store of a policy: the last one registered that has what the policy needs.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message names the remedy.</exception>
    public GuardedStore? Of(AssignmentPolicy policy, string experimentName) => policy switch
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
}
