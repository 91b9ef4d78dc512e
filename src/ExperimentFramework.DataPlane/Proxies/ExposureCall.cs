using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>One call between its decision and its variant, while attributes are added. For generated code.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public ref struct ExposureCall<TService>
    where TService : class
{
    private readonly TService _variant;
    private readonly ExposureRecorder _recorder;
    private PendingExposure _pending;

    internal ExposureCall(TService variant, ExposureRecorder recorder, IServedExposureSink sink, Decision decision, scoped in Subject subject)
    {
        _variant = variant;
        _recorder = recorder;
        _pending = recorder.Begin(sink, decision, decision.Variant, subject);
    }

    /// <summary>Adds an attribute, if the exposure is recorded.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    /// <returns>This call itself, so that nothing is copied.</returns>
    [UnscopedRef]
    public ref ExposureCall<TService> With<T>(string name, T value)
    {
        _pending.Add(name, value, _recorder.MaxAttributeLength);
        return ref this;
    }

    /// <summary>Records the exposure. If callers wait for capacity, the calling thread waits.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The variant to call.</returns>
    public TService Serve(CancellationToken cancellationToken = default)
    {
        _recorder.Record(_pending, new EnqueueWait(WaitMode.Thread, cancellationToken));
        return _variant;
    }

    /// <summary>Records the exposure.</summary>
    /// <param name="enqueued">What to await in addition to the call, in Block mode when the queue is full; otherwise null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The variant to call.</returns>
    public TService Serve(out Task? enqueued, CancellationToken cancellationToken = default)
    {
        enqueued = _recorder.Record(_pending, new EnqueueWait(WaitMode.Task, cancellationToken)).PendingAdmission;
        return _variant;
    }
}
