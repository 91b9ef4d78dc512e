namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The calls that may fall back: they are repeated on control if the assigned variant fails. The synchronous part of the variant's work
/// stays synchronous, so these methods are not <c>async</c> themselves; they await only what is still incomplete.
/// </summary>
public sealed partial class ObservedCall<TService>
{
    /// <summary>Continues a call after the variant has returned synchronously.</summary>
    private delegate TResult Continuation<TResult>(ObservedCall<TService> self, TResult result, Func<TService, TResult> call, CancellationToken cancellationToken);

    /// <summary>Calls the variant, and control if the variant fails.</summary>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public void CallVoid(Action<TService> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (true)
        {
            try
            {
                call(Serve());
                Complete();
                return;
            }
            catch (Exception exception) when (TryFallBack(exception, cancellationToken))
            {
            }
        }
    }

    /// <summary>Calls the variant, and control if the variant fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The result of the variant that succeeded.</returns>
    public TResult Call<TResult>(Func<TService, TResult> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, result, _, _) =>
        {
            self.Complete();
            return result;
        }, cancellationToken);

    /// <summary>Calls the variant, and control if the variant or its task fails.</summary>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task if nothing needs to run after it; null if the variant returned null.</returns>
    public Task? CallTask(Func<TService, Task?> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, task, call, cancellationToken) =>
            self.MayFallBack && task is not null ? self.AwaitAsync(task, call, cancellationToken).Unwrap() : self.Observe(task), cancellationToken);

    /// <summary>Calls the variant, and control if the variant or its task fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task if nothing needs to run after it; null if the variant returned null.</returns>
    public Task<TResult>? CallTaskOf<TResult>(Func<TService, Task<TResult>?> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, task, call, cancellationToken) => self.MayFallBack && task is not null
            ? self.AwaitAsync(task, call, cancellationToken).Unwrap()
            : self.Observe(task), cancellationToken);

    /// <summary>Calls the variant, and control if the variant or its task fails.</summary>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    public ValueTask CallValueTask(Func<TService, ValueTask> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, task, call, cancellationToken) => self.MayFallBack
            ? self.AwaitValueTaskAsync(task, call, cancellationToken)
            : self.Observe(task), cancellationToken);

    /// <summary>Calls the variant, and control if the variant or its task fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task if nothing needs to run after it.</returns>
    public ValueTask<TResult> CallValueTaskOf<TResult>(Func<TService, ValueTask<TResult>> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, task, call, cancellationToken) =>
            self.MayFallBack ? self.AwaitValueTaskOfAsync(task, call, cancellationToken) : self.Observe(task), cancellationToken);

    /// <summary>Opens a stream that falls back to control if the variant fails before the first element.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own stream if nothing needs to run after it; null if the variant returned null.</returns>
    public IAsyncEnumerable<TItem>? CallStream<TItem>(Func<TService, IAsyncEnumerable<TItem>?> call, CancellationToken cancellationToken = default) =>
        Invoke(call, static (self, stream, call, cancellationToken) => self.MayFallBack && stream is not null
            ? new ObservedStream<TService, TItem>(self, stream, call, cancellationToken)
            : self.Observe(stream), cancellationToken);

    private TResult Invoke<TResult>(Func<TService, TResult> call, Continuation<TResult> next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (true)
        {
            try
            {
                return next(this, call(Serve()), call, cancellationToken);
            }
            catch (Exception exception) when (TryFallBack(exception, cancellationToken))
            {
            }
        }
    }

    // Separate methods, so that their closures are allocated only if a fallback is possible.
    private ValueTask AwaitValueTaskAsync(ValueTask task, Func<TService, ValueTask> call, CancellationToken cancellationToken) =>
        new(AwaitAsync(task.AsTask(), variant => call(variant).AsTask(), cancellationToken).Unwrap());

    private ValueTask<TResult> AwaitValueTaskOfAsync<TResult>(
        ValueTask<TResult> task, Func<TService, ValueTask<TResult>> call, CancellationToken cancellationToken) =>
        new(AwaitAsync(task.AsTask(), variant => call(variant).AsTask(), cancellationToken).Unwrap());

    /// <summary>Returns the task of the variant that succeeded or failed last, so that the caller sees its state and all of its exceptions.</summary>
    private async Task<TTask> AwaitAsync<TTask>(TTask task, Func<TService, TTask?> call, CancellationToken cancellationToken)
        where TTask : Task
    {
        TTask? attempt = task;
        while (true)
        {
            try
            {
                if (!MayFallBack)
                {
                    attempt = null;
                    await SwitchToCallerContext();
                    attempt = call(Serve()) ?? throw new InvalidOperationException("Control returned null instead of a task.");
                }

                await attempt!.ConfigureAwait(false);
                await CompletedAsync().ConfigureAwait(false);
                return attempt;
            }
            catch (Exception exception) when (TryFallBack(exception, cancellationToken))
            {
            }
            catch (Exception) when (attempt is not null)
            {
                await WhenEnqueuedAsync().ConfigureAwait(false);
                return attempt;
            }
            catch (Exception)
            {
                await WhenEnqueuedAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
