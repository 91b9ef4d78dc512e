using System.ComponentModel;
using System.Diagnostics;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// An asynchronous call that is deferred in the caller's synchronization context once its subject's assignment is known.
/// For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public readonly struct DeferredCall
{
    private readonly ValueTask _prefetch;
    private readonly ServedExposureHistory.FlowSlot? _slot;

    /// <summary>Creates a deferred call.</summary>
    /// <param name="prefetch">Completes when the call can be deferred.</param>
    /// <param name="slot">Under <c>Explicit</c> semantics, receives the exposure that the caller may log; otherwise null.</param>
    internal DeferredCall(ValueTask prefetch, ServedExposureHistory.FlowSlot? slot)
    {
        _prefetch = prefetch;
        _slot = slot;
    }

    /// <summary>Makes the call once the assignment is known.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <param name="state">The proxy and the arguments.</param>
    /// <param name="call">Makes the call.</param>
    /// <returns>A task that completes with the call.</returns>
    public Task Invoke<TState>(TState state, Func<TState, Task> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return InvokeAsync(state, call, Task.CompletedTask).Unwrap();
    }

    /// <summary>Makes the call once the assignment is known.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="state">The proxy and the arguments.</param>
    /// <param name="call">Makes the call.</param>
    /// <returns>The call's result.</returns>
    public Task<TResult> Invoke<TState, TResult>(TState state, Func<TState, Task<TResult>> call)
    {
        ArgumentNullException.ThrowIfNull(call);

        // A loose mock returns null instead of a task: treat null as a completed task with the default result.
        return InvokeAsync(state, call, Task.FromResult<TResult>(default!)).Unwrap();
    }

    /// <summary>Makes the call once the assignment is known.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <param name="state">The proxy and the arguments.</param>
    /// <param name="call">Makes the call.</param>
    /// <returns>A task that completes with the call.</returns>
    public ValueTask Invoke<TState>(TState state, Func<TState, ValueTask> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ValueTask(InvokeAsync((state, call), static deferred => deferred.call(deferred.state).AsTask(), Task.CompletedTask).Unwrap());
    }

    /// <summary>Makes the call once the assignment is known.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="state">The proxy and the arguments.</param>
    /// <param name="call">Makes the call.</param>
    /// <returns>The call's result.</returns>
    public ValueTask<TResult> Invoke<TState, TResult>(TState state, Func<TState, ValueTask<TResult>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ValueTask<TResult>(
            InvokeAsync((state, call), static deferred => deferred.call(deferred.state).AsTask(), Task.FromResult<TResult>(default!)).Unwrap());
    }

    /// <summary>Makes the call when the stream is first enumerated.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="state">The proxy and the arguments.</param>
    /// <param name="call">Makes the call.</param>
    /// <returns>The call's stream.</returns>
    public IAsyncEnumerable<TItem> Invoke<TState, TItem>(TState state, Func<TState, IAsyncEnumerable<TItem>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new DeferredStream<TState, TItem>(_prefetch.AsTask(), _slot, state, call);
    }

    /// <summary>Returns the variant's own task, so that the caller sees its state and all of its exceptions.</summary>
    private async Task<TTask> InvokeAsync<TState, TTask>(TState state, Func<TState, TTask?> call, TTask fallback)
        where TTask : Task
    {
        await _prefetch.ConfigureAwait(true);
        _slot?.Enter();
        return call(state) ?? fallback;
    }
}
