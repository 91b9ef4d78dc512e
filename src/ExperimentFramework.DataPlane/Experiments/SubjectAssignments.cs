namespace ExperimentFramework.DataPlane;

/// <summary>Prefetches and deletes a subject's assignments in all experiments that store them.</summary>
internal sealed class SubjectAssignments(
    StickyExperiments experiments,
    AssignmentStores stores,
    Action<Subject> forgetInMemory,
    Func<Experiment, SubjectIdentity> identityFor) : ISubjectAssignments
{
    public ValueTask PrefetchAsync(string? subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken)
    {
        if (experiments.All.Count == 0)
        {
            return ValueTask.CompletedTask;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var subject = identityFor(experiments.All[0]).Identify(subjectId, WellFormedText.Of(subjectType), tenantId);
        List<Task>? waits = null;
        foreach (var experiment in experiments.All)
        {
            var wait = experiment.Assigner.PrefetchAsync(subject);
            if (!wait.IsCompletedSuccessfully)
            {
                (waits ??= []).Add(wait.AsTask());
            }
        }

        return waits is null ? ValueTask.CompletedTask : new ValueTask(Task.WhenAll(waits).WaitAsync(cancellationToken));
    }

    public async ValueTask<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);

        // Normalise the ids as calls do, so that they match what was stored.
        subjectId = WellFormedText.Of(subjectId);
        subjectType = string.IsNullOrEmpty(subjectType) ? null : WellFormedText.Of(subjectType);
        tenantId = string.IsNullOrEmpty(tenantId) ? null : WellFormedText.Of(tenantId);
        try
        {
            return await stores.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // After the stores: a call in between would read the stored assignment back into the cache.
            forgetInMemory(new Subject(subjectId, subjectType, tenantId));
        }
    }
}
