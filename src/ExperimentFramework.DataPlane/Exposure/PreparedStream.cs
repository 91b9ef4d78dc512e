namespace ExperimentFramework.DataPlane;

/// <summary>The stream of a call that is made once, when it is first enumerated and its subject's assignment is known.</summary>
internal sealed class PreparedStream<TState, TItem>(
    Task preparation, ServedSubjects.Place? place, TState state, Func<TState, IAsyncEnumerable<TItem>?> call) : IAsyncEnumerable<TItem>
{
    private readonly Lock _lock = new();
    private IAsyncEnumerable<TItem>? _stream;
    private bool _isCalled;

    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await preparation.ConfigureAwait(true);
        if (Call() is not { } stream)
        {
            yield break;
        }

        await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private IAsyncEnumerable<TItem>? Call()
    {
        lock (_lock)
        {
            if (!_isCalled)
            {
                place?.Enter();
                _stream = call(state);
                _isCalled = true;
            }

            return _stream;
        }
    }
}
