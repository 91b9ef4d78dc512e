namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The calls that control may answer: made once more where the assigned variant fails. What the variant does synchronously stays
/// synchronous, so the methods here are not asynchronous themselves; what is left to await is.
/// </summary>
public sealed partial class ObservedCall<TService>
{
    /// <summary>What follows an answer that came synchronously.</summary>
    private delegate TAnswer Follow<TAnswer>(ObservedCall<TService> self, TAnswer answer, Func<TService, TAnswer> call, CancellationToken cancellationToken);

    /// <summary>Makes the call, on control too where the variant fails.</summary>
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

    /// <summary>Makes the call, on control too where the variant fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The result of the one that answered.</returns>
    public TResult Call<TResult>(Func<TService, TResult> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, answer, _, _) =>
        {
            self.Complete();
            return answer;
        }, cancellationToken);

    /// <summary>Makes the call, on control too where the variant or its task fails.</summary>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task where nothing has to happen after it; null where it gave none.</returns>
    public Task? CallTask(Func<TService, Task?> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, task, call, cancellationToken) =>
            self.MayFallBack && task is not null ? self.AwaitAsync(task, call, cancellationToken).Unwrap() : self.Observe(task), cancellationToken);

    /// <summary>Makes the call, on control too where the variant or its task fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task where nothing has to happen after it; null where it gave none.</returns>
    public Task<TResult>? CallTaskOf<TResult>(Func<TService, Task<TResult>?> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, task, call, cancellationToken) => self.MayFallBack && task is not null
            ? self.AwaitAsync(task, call, cancellationToken).Unwrap()
            : self.Observe(task), cancellationToken);

    /// <summary>Makes the call, on control too where the variant or its task fails.</summary>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task where nothing has to happen after it.</returns>
    public ValueTask CallValueTask(Func<TService, ValueTask> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, task, call, cancellationToken) => self.MayFallBack
            ? self.AwaitValueTaskAsync(task, call, cancellationToken)
            : self.Observe(task), cancellationToken);

    /// <summary>Makes the call, on control too where the variant or its task fails.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own task where nothing has to happen after it.</returns>
    public ValueTask<TResult> CallValueTaskOf<TResult>(Func<TService, ValueTask<TResult>> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, task, call, cancellationToken) =>
            self.MayFallBack ? self.AwaitValueTaskOfAsync(task, call, cancellationToken) : self.Observe(task), cancellationToken);

    /// <summary>Opens a stream that control answers where the variant fails before the first element.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="call">Calls the member.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The variant's own stream where nothing has to happen after it; null where it gave none.</returns>
    public IAsyncEnumerable<TItem>? CallStream<TItem>(Func<TService, IAsyncEnumerable<TItem>?> call, CancellationToken cancellationToken = default) =>
        Make(call, static (self, stream, call, cancellationToken) => self.MayFallBack && stream is not null
            ? new ObservedStream<TService, TItem>(self, stream, call, cancellationToken)
            : self.Observe(stream), cancellationToken);

    private TAnswer Make<TAnswer>(Func<TService, TAnswer> call, Follow<TAnswer> follow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (true)
        {
            try
            {
                return follow(this, call(Serve()), call, cancellationToken);
            }
            catch (Exception exception) when (TryFallBack(exception, cancellationToken))
            {
            }
        }
    }

    // In methods of their own, so that what they capture is allocated only where control may answer.
    private ValueTask AwaitValueTaskAsync(ValueTask task, Func<TService, ValueTask> call, CancellationToken cancellationToken) =>
        new(AwaitAsync(task.AsTask(), variant => call(variant).AsTask(), cancellationToken).Unwrap());

    private ValueTask<TResult> AwaitValueTaskOfAsync<TResult>(
        ValueTask<TResult> task, Func<TService, ValueTask<TResult>> call, CancellationToken cancellationToken) =>
        new(AwaitAsync(task.AsTask(), variant => call(variant).AsTask(), cancellationToken).Unwrap());

    /// <summary>Gives the task of the one that answered, or failed last, for the caller to see its state and exceptions.</summary>
    private async Task<TTask> AwaitAsync<TTask>(TTask task, Func<TService, TTask?> call, CancellationToken cancellationToken)
        where TTask : Task
    {
        TTask? made = task;
        while (true)
        {
            try
            {
                if (!MayFallBack)
                {
                    made = null;
                    await SwitchToCallerContext();
                    made = call(Serve()) ?? throw new InvalidOperationException("Control gave null for a task.");
                }

                await made!.ConfigureAwait(false);
                await CompletedAsync().ConfigureAwait(false);
                return made;
            }
            catch (Exception exception) when (TryFallBack(exception, cancellationToken))
            {
            }
            catch (Exception) when (made is not null)
            {
                await WhenEnqueuedAsync().ConfigureAwait(false);
                return made;
            }
            catch (Exception)
            {
                await WhenEnqueuedAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
