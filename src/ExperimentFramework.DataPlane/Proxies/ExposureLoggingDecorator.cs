using System.ComponentModel;
using System.Diagnostics;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The run-time side of a generated proxy, and the one type a proxy knows: it picks the variant, records the exposure and
/// hands out the variant for the proxy to call.
/// </summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public sealed class ExposureLoggingDecorator<TService>
    where TService : class
{
    private readonly VariantInstances<TService> _instances;
    private readonly ScopedAssignments? _scoped;
    private readonly SelectorInvoker? _selectorAlone;
    private readonly Assigner _assigner;
    private readonly AssignmentRecorder _assignments;
    private readonly ExposureRecorder _exposures;
    private Decision? _pinned;

    internal ExposureLoggingDecorator(
        Experiment experiment, VariantInstances<TService> instances, SubjectIdentity identity, ScopedAssignments? scoped)
    {
        Experiment = experiment;
        _instances = instances;
        Identity = identity;
        _scoped = scoped;
        _assigner = experiment.Assigner;
        _selectorAlone = scoped is null ? _assigner.SelectorAlone : null;
        _assignments = experiment.Assignments;
        _exposures = experiment.Exposures;
    }

    /// <summary>
    /// The variant that this proxy stays on for members without a subject, such as properties and events, so that what is
    /// added to an event can be removed again.
    /// </summary>
    public TService Pinned => _instances[PinnedDecision.Instance];

    internal Experiment Experiment { get; }

    internal SubjectIdentity Identity { get; }

    internal ServedExposureHistory Served { get; } = new();

    /// <summary>Notes that the container gives out the proxy.</summary>
    internal void GivenOut() => _instances.GivenOut();

    private Decision PinnedDecision => Volatile.Read(ref _pinned) ?? Pin();

    /// <summary>Decides, records the exposure and gives the variant to call. Where callers wait for room, the calling thread does.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <param name="cancellationToken">Ends a wait for room.</param>
    /// <returns>The variant.</returns>
    public TService Serve(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return Serve(Decide(subject, subjectId), subject, new EnqueueWait(WaitMode.Thread, cancellationToken), out _);
    }

    /// <summary>Decides, records the exposure and gives the variant to call.</summary>
    /// <param name="queued">What to await beside the call, where callers wait for room; null elsewhere.</param>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <param name="cancellationToken">Ends a wait for room.</param>
    /// <returns>The variant.</returns>
    public TService Serve(
        out Task? queued, string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return Serve(Decide(subject, subjectId), subject, new EnqueueWait(WaitMode.Task, cancellationToken), out queued);
    }

    /// <summary>Decides, and leaves the recording until attributes have been added.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <returns>The call.</returns>
    public ExposureCall<TService> Expose(string? subjectId = null, string? subjectType = null, string? tenantId = null)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        var decision = Decide(subject, subjectId);

        // Before the exposure is claimed: a variant that cannot be created is not served.
        var variant = _instances[decision.Instance];
        return new ExposureCall<TService>(variant, _exposures, Served, decision, subject);
    }

    /// <summary>Records the exposure of the variant this proxy stays on, for a property or an event.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <returns>The variant.</returns>
    public TService ServePinned(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        Serve(PinnedDecision, Identity.Identify(subjectId, subjectType, tenantId), new EnqueueWait(WaitMode.Thread, CancellationToken.None), out _);

    /// <summary>Decides and gives the variant to call, without an exposure.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <returns>The variant.</returns>
    public TService Route(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        _instances[Decide(Identity.Identify(subjectId, subjectType, tenantId), subjectId).Instance];

    /// <summary>Decides, for a member whose proxy carries code that runs after the call.</summary>
    /// <param name="member">The member's name, for its outcome.</param>
    /// <param name="fallsBack">Whether the proxy can call control again.</param>
    /// <param name="isAwaited">Whether the member's result is awaited, so that a wait for room can be awaited with it.</param>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <param name="cancellationToken">Ends a wait for room.</param>
    /// <returns>The call.</returns>
    public ObservedCall<TService> Observe(
        string member,
        bool fallsBack,
        bool isAwaited,
        string? subjectId = null,
        string? subjectType = null,
        string? tenantId = null,
        CancellationToken cancellationToken = default)
    {
        var subject = Identity.Identify(subjectId, subjectType, tenantId);
        return new ObservedCall<TService>(
            _instances,
            Experiment,
            Served,
            member,
            fallsBack,
            new EnqueueWait(isAwaited ? WaitMode.Task : WaitMode.Thread, cancellationToken),
            Decide(subject, subjectId),
            subject);
    }

    /// <summary>Whether a decision for the subject would wait for no store.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <returns>False where the call is to be made when <see cref="PrefetchAssignment"/> has come to its end.</returns>
    public bool IsAssignmentCached(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        !Experiment.Assigner.HasStore || Experiment.Assigner.IsCached(Identity.Identify(subjectId, subjectType, tenantId)) || SynchronizationContextAwaiter.IsPresent;

    /// <summary>Asks what a decision for the subject would wait for.</summary>
    /// <param name="subjectId">The tagged parameter's value; null where there is none, then the provider is asked.</param>
    /// <param name="subjectType">The subject's type as the tag names it.</param>
    /// <param name="tenantId">The tenant; null when there is none.</param>
    /// <returns>Something to make the call after.</returns>
    public DeferredCall PrefetchAssignment(string? subjectId = null, string? subjectType = null, string? tenantId = null) =>
        new(
            Experiment.Assigner.PrefetchAsync(Identity.Identify(subjectId, subjectType, tenantId)),
            _exposures.Semantics == ExposureSemantics.Explicit ? Served.Open() : null);

    /// <summary>
    /// Disposes the variants that were served; does nothing when it is the container that disposes the proxy, because the
    /// container disposes what it owns itself.
    /// </summary>
    public void Dispose()
    {
        foreach (var variant in ToDispose())
        {
            (variant as IDisposable)?.Dispose();
        }
    }

    /// <summary>
    /// Disposes the variants that were served; does nothing when it is the container that disposes the proxy, because the
    /// container disposes what it owns itself.
    /// </summary>
    /// <returns>The variant's own task where there is one variant.</returns>
    public ValueTask DisposeAsync()
    {
        var variants = ToDispose().OfType<IAsyncDisposable>().ToArray();
        return variants switch
        {
            [] => ValueTask.CompletedTask,
            [var only] => only.DisposeAsync(),
            _ => DisposeAllAsync(variants),
        };
    }

    private static async ValueTask DisposeAllAsync(IAsyncDisposable[] variants)
    {
        foreach (var variant in variants)
        {
            await variant.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TService Serve(Decision decision, scoped in Subject subject, scoped in EnqueueWait wait, out Task? queued)
    {
        // Before the exposure is claimed: a variant that cannot be created is not served.
        var variant = _instances[decision.Instance];
        queued = _exposures.TryBegin(decision, decision.Variant, subject) is { } factory
            ? _exposures.Record(new PendingExposure(factory, Served, decision, decision.Variant, subject), wait).PendingAdmission
            : null;
        return variant;
    }

    private Decision Decide(in Subject subject, string? subjectId)
    {
        var decision = _selectorAlone is { } selector ? selector.Decide(subject) : Assign(subject, subjectId);
        if (_assignments.ComparesDecisions)
        {
            Compare(subject, decision);
        }

        return decision;
    }

    // Subjects are handed on by value where a call seldom comes by: by reference, every call would have to write its subject to memory.
    private Decision Assign(Subject subject, string? subjectId) =>
        _scoped is null ? _assigner.Assign(subject) : _scoped.Assign(subject, isCurrent: string.IsNullOrEmpty(subjectId));

    private void Compare(Subject subject, Decision decision) => _assignments.Decided(subject, decision);

    private TService[] ToDispose()
    {
        if (_instances.IsScopeDisposing)
        {
            return [];
        }

        var resolved = _instances.Resolved;
        return resolved.Length > 0 ? resolved : [Pinned];
    }

    private Decision Pin()
    {
        var decision = Decide(Identity.Identify(null, null, null), null);
        return Interlocked.CompareExchange(ref _pinned, decision, null) ?? decision;
    }
}
