using System.ComponentModel;
using System.Diagnostics;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// An asynchronous call that is made when its subject's assignment is known, where the caller would have made it: in its
/// synchronization context. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public readonly struct DeferredCall
{
    private readonly ValueTask _preparation;
    private readonly ServedExposureHistory.FlowSlot? _place;

    /// <summary>Prepares a call.</summary>
    /// <param name="preparation">Ends when the call can be made.</param>
    /// <param name="place">Where its caller finds what it was served, where that is logged by hand; null elsewhere.</param>
    internal DeferredCall(ValueTask preparation, ServedExposureHistory.FlowSlot? place)
    {
        _preparation = preparation;
        _place = place;
    }

    /// <summary>Makes the call afterwards.</summary>
    /// <typeparam name="TState">Proxy and arguments.</typeparam>
    /// <param name="state">Proxy and arguments.</param>
    /// <param name="call">The call.</param>
    /// <returns>The call's end.</returns>
    public Task Invoke<TState>(TState state, Func<TState, Task> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return InvokeAsync(state, call, Task.CompletedTask).Unwrap();
    }

    /// <summary>Makes the call afterwards.</summary>
    /// <typeparam name="TState">Proxy and arguments.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="state">Proxy and arguments.</param>
    /// <param name="call">The call.</param>
    /// <returns>The call's result.</returns>
    public Task<TResult> Invoke<TState, TResult>(TState state, Func<TState, Task<TResult>> call)
    {
        ArgumentNullException.ThrowIfNull(call);

        // A loose mock gives null where a task is expected: its result is then as good as none.
        return InvokeAsync(state, call, Task.FromResult<TResult>(default!)).Unwrap();
    }

    /// <summary>Makes the call afterwards.</summary>
    /// <typeparam name="TState">Proxy and arguments.</typeparam>
    /// <param name="state">Proxy and arguments.</param>
    /// <param name="call">The call.</param>
    /// <returns>The call's end.</returns>
    public ValueTask Invoke<TState>(TState state, Func<TState, ValueTask> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ValueTask(InvokeAsync((state, call), static made => made.call(made.state).AsTask(), Task.CompletedTask).Unwrap());
    }

    /// <summary>Makes the call afterwards.</summary>
    /// <typeparam name="TState">Proxy and arguments.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="state">Proxy and arguments.</param>
    /// <param name="call">The call.</param>
    /// <returns>The call's result.</returns>
    public ValueTask<TResult> Invoke<TState, TResult>(TState state, Func<TState, ValueTask<TResult>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ValueTask<TResult>(
            InvokeAsync((state, call), static made => made.call(made.state).AsTask(), Task.FromResult<TResult>(default!)).Unwrap());
    }

    /// <summary>Makes the call when the stream is first enumerated.</summary>
    /// <typeparam name="TState">Proxy and arguments.</typeparam>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="state">Proxy and arguments.</param>
    /// <param name="call">The call.</param>
    /// <returns>The call's stream.</returns>
    public IAsyncEnumerable<TItem> Invoke<TState, TItem>(TState state, Func<TState, IAsyncEnumerable<TItem>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new DeferredStream<TState, TItem>(_preparation.AsTask(), _place, state, call);
    }

    /// <summary>Gives the variant's task itself at the end, for the caller to see its state and exceptions.</summary>
    private async Task<TTask> InvokeAsync<TState, TTask>(TState state, Func<TState, TTask?> call, TTask none)
        where TTask : Task
    {
        await _preparation.ConfigureAwait(true);
        _place?.Enter();
        return call(state) ?? none;
    }
}
