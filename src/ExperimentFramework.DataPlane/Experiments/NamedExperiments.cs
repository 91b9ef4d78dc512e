namespace ExperimentFramework.DataPlane;

/// <summary>Decides and exposes by name, through what the proxies of the same dependency injection scope use.</summary>
/// <param name="catalog">The registered experiments.</param>
/// <param name="resolve">Returns an experiment as this instance's scope sees it.</param>
internal sealed class NamedExperiments(ExperimentCatalog catalog, Func<KnownExperiment, ExperimentScope> resolve) : IExperiments
{
    /// <summary>The experiments that have been used, each resolved at its first use.</summary>
    private readonly ExperimentScope?[] _scopes = new ExperimentScope?[catalog.Count];

    public ExperimentDecision Decide(string experiment, string? subjectId = null, string? subjectType = null, string? tenantId = null)
    {
        var scope = Find(experiment);
        return Decide(scope, Identify(scope, subjectId, subjectType, tenantId), subjectId);
    }

    public ValueTask<ExperimentDecision> DecideAsync(
        string experiment, string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        var scope = Find(experiment);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ExperimentDecision>(cancellationToken);
        }

        var subject = Identify(scope, subjectId, subjectType, tenantId);
        return scope.Experiment.Assigner.IsCached(subject)
            ? ValueTask.FromResult(Decide(scope, subject, subjectId))
            : DecideAfterPrefetchAsync(scope, subject, subjectId, cancellationToken);
    }

    public ValueTask<ExperimentDecision> ExposeAsync(
        string experiment,
        string? subjectId = null,
        string? subjectType = null,
        string? tenantId = null,
        IReadOnlyDictionary<string, object?>? attributes = null,
        CancellationToken cancellationToken = default)
    {
        var scope = Find(experiment);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ExperimentDecision>(cancellationToken);
        }

        var subject = Identify(scope, subjectId, subjectType, tenantId);
        return scope.Experiment.Assigner.IsCached(subject)
            ? Expose(scope, subject, subjectId, attributes, cancellationToken)
            : ExposeAfterPrefetchAsync(scope, subject, subjectId, attributes, cancellationToken);
    }

    public string VariantOf<TService>(string? subjectId = null, string? subjectType = null, string? tenantId = null)
        where TService : class
    {
        var scope = this[catalog.IndexOf(typeof(TService))];
        return scope.Decide(Identify(scope, subjectId, subjectType, tenantId), subjectId).Variant.Key;
    }

    public async ValueTask<IReadOnlyList<ExperimentDecision>> DecideAllAsync(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var scopes = new ExperimentScope[catalog.Count];
        var subjects = new Subject[scopes.Length];
        List<Task>? waits = null;
        for (var i = 0; i < scopes.Length; i++)
        {
            scopes[i] = this[i];
            subjects[i] = Identify(scopes[i], subjectId, subjectType, tenantId);
            var wait = scopes[i].Experiment.Assigner.PrefetchAsync(subjects[i]);
            if (!wait.IsCompletedSuccessfully)
            {
                (waits ??= []).Add(wait.AsTask());
            }
        }

        if (waits is not null)
        {
            await Task.WhenAll(waits).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. scopes.Zip(subjects, (scope, subject) => Decide(scope, subject, subjectId))];
    }

    /// <summary>Identifies the subject. The identity assumes that a type is a constant of an attribute, and therefore well-formed; here it may come from anywhere.</summary>
    private static Subject Identify(ExperimentScope scope, string? subjectId, string? subjectType, string? tenantId) =>
        scope.Identity.Identify(subjectId, WellFormedText.Of(subjectType), tenantId);

    private static ExperimentDecision Decide(ExperimentScope scope, in Subject subject, string? subjectId) =>
        Describe(scope.Experiment, scope.Decide(subject, subjectId));

    private static ExperimentDecision Describe(Experiment experiment, Decision decision) => new()
    {
        ExperimentName = experiment.Name,
        VariantKey = decision.Variant.Key,
        Reason = decision.Reason,
        RulePath = decision.RulePath,
        AllocationVersion = decision.AllocationVersion,
        AssignmentPolicy = decision.Policy,
        Values = experiment.Values?[decision.Variant]!,
    };

    private static async ValueTask<ExperimentDecision> DecideAfterPrefetchAsync(
        ExperimentScope scope, Subject subject, string? subjectId, CancellationToken cancellationToken)
    {
        await PrefetchAsync(scope, subject, cancellationToken).ConfigureAwait(false);
        return Decide(scope, subject, subjectId);
    }

    private static Task PrefetchAsync(ExperimentScope scope, in Subject subject, CancellationToken cancellationToken) =>
        scope.Experiment.Assigner.PrefetchAsync(subject).AsTask().WaitAsync(cancellationToken);

    private static ValueTask<ExperimentDecision> Expose(
        ExperimentScope scope, in Subject subject, string? subjectId, IReadOnlyDictionary<string, object?>? attributes, CancellationToken cancellationToken)
    {
        var experiment = scope.Experiment;
        var decision = scope.Decide(subject, subjectId);
        var result = experiment.Exposures.RecordRequested(decision, subject, attributes, new EnqueueWait(WaitMode.Task, cancellationToken));
        var described = Describe(experiment, decision);
        return result.PendingAdmission is { } admission ? AfterAdmissionAsync(described, admission, cancellationToken) : ValueTask.FromResult(described);
    }

    private static async ValueTask<ExperimentDecision> ExposeAfterPrefetchAsync(
        ExperimentScope scope, Subject subject, string? subjectId, IReadOnlyDictionary<string, object?>? attributes, CancellationToken cancellationToken)
    {
        await PrefetchAsync(scope, subject, cancellationToken).ConfigureAwait(false);
        return await Expose(scope, subject, subjectId, attributes, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<ExperimentDecision> AfterAdmissionAsync(ExperimentDecision decision, Task<bool> admission, CancellationToken cancellationToken)
    {
        // An exposure that was not enqueued in time is counted as a drop; the subject keeps its variant.
        if (!await admission.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return decision;
    }

    private ExperimentScope Find(string experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return this[catalog.IndexOf(experiment)];
    }

    private ExperimentScope this[int index] => Volatile.Read(ref _scopes[index]) ?? Resolve(index);

    /// <summary>Resolves an experiment without a lock, because the container runs foreign code; threads that race all use the instance that was stored first.</summary>
    private ExperimentScope Resolve(int index)
    {
        var scope = resolve(catalog[index]);
        return Interlocked.CompareExchange(ref _scopes[index], scope, null) ?? scope;
    }
}
