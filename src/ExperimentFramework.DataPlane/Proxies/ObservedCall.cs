using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// One call of a member whose proxy contains code that runs after the call: to fall back to control if the assigned variant
/// throws, to record the outcome, or both. For generated code.
/// </summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public sealed partial class ObservedCall<TService> : IStreamedCall<TService>
    where TService : class
{
    private readonly VariantInstances<TService> _instances;
    private readonly Experiment _experiment;
    private readonly IServedExposureSink _sink;
    private readonly string _member;
    private readonly Decision _assigned;
    private readonly Subject _subject;
    private readonly EnqueueWait _wait;
    private readonly long _decidedAt;
    private readonly long _startedAt;
    private readonly SynchronizationContext? _callerContext = SynchronizationContext.Current;
    private readonly bool _isRecordable;
    private PendingExposure _pending;
    private AttributeSlot[]? _attributes;
    private int _attributeCount;
    private Task<bool>? _exposureEnqueued;
    private long _waitingSince;
    private Task? _outcomeEnqueued;
    private Variant _served;
    private Guid? _exposureId;
    private TimeSpan? _failedAttemptDuration;
    private int _isExposed;
    private int _hasOutcome;

    internal ObservedCall(
        VariantInstances<TService> instances,
        Experiment experiment,
        ServedExposureHistory history,
        string member,
        bool fallsBack,
        in EnqueueWait wait,
        Decision assigned,
        in Subject subject)
    {
        _instances = instances;
        _experiment = experiment;
        _member = member;
        _wait = wait;
        _assigned = assigned;
        _subject = subject;
        _decidedAt = experiment.Exposures.UtcTicks;
        _startedAt = experiment.Time.GetTimestamp();
        _served = assigned.Variant;
        MayFallBack = fallsBack && experiment.FallsBackToControl && _served != experiment.Variants.Control;
        _sink = MayFallBack && experiment.Exposures.Semantics == ExposureSemantics.Explicit ? history.Open() : history;
        if (!MayFallBack)
        {
            // No fallback is possible, so whether the exposure is recorded can be decided now. A variant that cannot be created is not served.
            _ = instances[_served.Instance];
            _pending = Begin();
            _isRecordable = true;
        }
    }

    /// <summary>Whether an exception would make the call fall back to control; false once it has.</summary>
    internal bool MayFallBack { get; private set; }

    /// <summary>Adds an attribute.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    /// <returns>This call.</returns>
    public ObservedCall<TService> With<T>(string name, T value)
    {
        if (_isRecordable)
        {
            _pending.Add(name, value, _experiment.Exposures.MaxAttributeLength);
        }
        else if (_experiment.Exposures.MayRecord(_subject))
        {
            AttributeSlots.Add(ref _attributes, ref _attributeCount, name, value, _experiment.Exposures.MaxAttributeLength);
        }

        return this;
    }

    /// <summary>
    /// Returns the variant to call now. If no fallback is possible any more, its exposure is recorded first, so that a call
    /// that never returns is not lost.
    /// </summary>
    /// <returns>The variant.</returns>
    public TService Serve()
    {
        var variant = _instances[_served.Instance];
        if (!MayFallBack)
        {
            RecordExposure();
        }

        return variant;
    }

    /// <summary>Reports that the variant succeeded and the call has completed.</summary>
    public void Complete()
    {
        OnVariantSucceeded();
        RecordOutcome(null, default);
    }

    /// <summary>Reports that the variant threw. Called in an exception filter, so that an exception that propagates is untouched.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="cancellationToken">The caller's token: its cancellation is not a failure.</param>
    /// <returns>True if <see cref="Serve"/> now returns control and the call must be repeated.</returns>
    public bool TryFallBack(Exception exception, CancellationToken cancellationToken = default)
    {
        if (MayFallBack)
        {
            MayFallBack = false;
            if (CallerCancellation.IsFailure(exception, cancellationToken))
            {
                ServeControl(exception);
                return true;
            }

            RecordExposure();
        }

        RecordOutcome(exception, cancellationToken);
        return false;
    }

    /// <summary>Observes a task so that its outcome can be recorded.</summary>
    /// <param name="task">The variant's task; null if it returned null.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public Task? Observe(Task? task) => IsPassThrough ? task : task is null ? CompleteNull<Task>() : ObserveAsync(task).Unwrap();

    /// <summary>Observes a task so that its outcome can be recorded.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task; null if it returned null.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public Task<TResult>? Observe<TResult>(Task<TResult>? task) =>
        IsPassThrough ? task : task is null ? CompleteNull<Task<TResult>>() : ObserveAsync(task).Unwrap();

    /// <summary>Observes a task so that its outcome can be recorded.</summary>
    /// <param name="task">The variant's task.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    public ValueTask Observe(ValueTask task) => IsPassThrough ? task : new ValueTask(ObserveAsync(task.AsTask()).Unwrap());

    /// <summary>Observes a task so that its outcome can be recorded.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    public ValueTask<TResult> Observe<TResult>(ValueTask<TResult> task) =>
        IsPassThrough ? task : new ValueTask<TResult>(ObserveAsync(task.AsTask()).Unwrap());

    /// <summary>Observes a stream so that its outcome can be recorded at the end of its first enumeration.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="stream">The variant's stream; null if it returned null.</param>
    /// <returns>The variant's own stream if nothing needs to run after it.</returns>
    [return: NotNullIfNotNull(nameof(stream))]
    public IAsyncEnumerable<TItem>? Observe<TItem>(IAsyncEnumerable<TItem>? stream) =>
        IsPassThrough ? stream
        : stream is null ? CompleteNull<IAsyncEnumerable<TItem>>()
        : new ObservedStream<TService, TItem>(this, stream, null, default);

    TService IStreamedCall<TService>.SwitchToControl(Exception failure)
    {
        MayFallBack = false;
        ServeControl(failure);
        return Serve();
    }

    void IStreamedCall<TService>.OnVariantSucceeded() => OnVariantSucceeded();

    Task IStreamedCall<TService>.CompletedAsync() => CompletedAsync();

    SynchronizationContextAwaiter IStreamedCall<TService>.SwitchToCallerContext() => SwitchToCallerContext();

    Task IStreamedCall<TService>.WhenEnqueuedAsync() => WhenEnqueuedAsync();

    void IStreamedCall<TService>.OnFailed(Exception exception, CancellationToken enumerationToken)
    {
        RecordExposure();
        RecordOutcome(exception, enumerationToken);
    }

    /// <summary>Returns an awaiter that resumes in the caller's context, so that control runs as if it had been called directly.</summary>
    private SynchronizationContextAwaiter SwitchToCallerContext() => new(_callerContext);

    /// <summary>Reports that the variant succeeded and the call has completed; completes when the call's events are enqueued or dropped.</summary>
    private Task CompletedAsync()
    {
        Complete();
        return WhenEnqueuedAsync();
    }

    private void OnVariantSucceeded()
    {
        if (MayFallBack)
        {
            MayFallBack = false;
            _experiment.VariantFailures.OnSucceeded(_served.Key);
        }

        RecordExposure();
    }

    /// <summary>Makes control the variant that serves the call, because the assigned one failed. A stream may fall back in each of its enumerations.</summary>
    private void ServeControl(Exception failure)
    {
        _failedAttemptDuration ??= _experiment.Time.GetElapsedTime(_startedAt);
        _experiment.VariantFailures.OnFailed(_assigned.Variant.Key, failure);
        _served = _experiment.Variants.Control;
    }

    private bool IsPassThrough => !MayFallBack && !_experiment.Outcomes.IsEnabled;

    /// <summary>Completes a call whose variant returned null instead of a task or stream, as a loose mock does.</summary>
    private T? CompleteNull<T>()
        where T : class
    {
        Complete();
        return null;
    }

    /// <summary>
    /// Returns the variant's own task when it has ended, so that the caller sees its state and all of its exceptions: awaiting would rethrow only the first.
    /// </summary>
    private async Task<TTask> ObserveAsync<TTask>(TTask task)
        where TTask : Task
    {
        try
        {
            await task.ConfigureAwait(false);
            Complete();
        }
        catch (Exception exception)
        {
            TryFallBack(exception);
        }

        await WhenEnqueuedAsync().ConfigureAwait(false);
        return task;
    }

    private Task WhenEnqueuedAsync() => (_exposureEnqueued, _outcomeEnqueued) switch
    {
        (null, null) => Task.CompletedTask,
        ({ } only, null) => only,
        (null, { } only) => only,
        ({ } exposure, { } outcome) => Task.WhenAll(exposure, outcome),
    };

    private void RecordExposure()
    {
        if (Interlocked.Exchange(ref _isExposed, 1) != 0)
        {
            return;
        }

        if (!_isRecordable)
        {
            _pending = Begin();
            _pending.Attributes = _attributes;
        }

        var result = _experiment.Exposures.Record(_pending, _wait);
        _exposureEnqueued = result.PendingAdmission;
        _waitingSince = result.PendingAdmission is null ? 0 : _experiment.Time.GetTimestamp();
        _exposureId = result.IsAccepted ? _experiment.Exposures.GetEventId(_decidedAt, result.Number) : null;
    }

    private PendingExposure Begin()
    {
        var pending = _experiment.Exposures.Begin(_sink, _assigned, _served, _subject);
        pending.DecidedAt = _decidedAt;
        return pending;
    }

    /// <summary>Records the outcome, unless the call has one.</summary>
    /// <param name="exception">The exception that the call ended with; null if it succeeded.</param>
    /// <param name="cancellationToken">Another token of the caller, in addition to the one of the call.</param>
    private void RecordOutcome(Exception? exception, CancellationToken cancellationToken)
    {
        if (!_experiment.Outcomes.IsEnabled || Interlocked.Exchange(ref _hasOutcome, 1) != 0)
        {
            return;
        }

        var result = exception is null ? OutcomeResult.Success
            : CallerCancellation.IsFailure(exception, _wait.CancellationToken) && CallerCancellation.IsFailure(exception, cancellationToken) ? OutcomeResult.Failure
            : OutcomeResult.Canceled;
        var ended = new EndedCall(
            _member, _subject, _assigned, _served, _experiment.Time.GetUtcNow(), _experiment.Time.GetElapsedTime(_startedAt), result, exception)
        {
            FailedAttemptDuration = _failedAttemptDuration,
        };
        _outcomeEnqueued = _exposureEnqueued is null
            ? _experiment.Outcomes.Record(ended, _exposureId, _wait).PendingAdmission
            : RecordOutcomeAsync(_exposureEnqueued, ended);
    }

    /// <summary>
    /// Records the outcome once it is known whether its exposure was enqueued, because an outcome refers to its exposure. Together the two wait no
    /// longer than one call may.
    /// </summary>
    private async Task RecordOutcomeAsync(Task<bool> exposureEnqueued, EndedCall ended)
    {
        var isRecorded = await exposureEnqueued.ConfigureAwait(false);
        var remaining = _experiment.Outcomes.BlockTimeout - _experiment.Time.GetElapsedTime(_waitingSince);
        using var timer = new CancellationTokenSource(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _experiment.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _wait.CancellationToken);
        if (_experiment.Outcomes.Record(ended, isRecorded ? _exposureId : null, new EnqueueWait(WaitMode.Task, limit.Token)).PendingAdmission is { } waiting)
        {
            await waiting.ConfigureAwait(false);
        }
    }
}
