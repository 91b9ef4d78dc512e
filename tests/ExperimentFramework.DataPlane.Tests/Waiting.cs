using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>Members of every kind that may have to wait for room.</summary>
[ExposureLogged("waiting")]
public interface IWaiting
{
    void Work([ExposureSubject] string subject);

    Task<string> WorkAsync([ExposureSubject] string subject, CancellationToken cancellationToken);

    Task FailAsync([ExposureSubject] string subject);

    ValueTask<string> GiveAsync([ExposureSubject] string subject);

    IAsyncEnumerable<string> StreamAsync([ExposureSubject] string subject);
}

public sealed class Waiting : IWaiting
{
    private readonly ConcurrentDictionary<string, int> _calls = new();

    public int Calls(string subject) => _calls.GetValueOrDefault(subject);

    public void Work(string subject) => Note(subject);

    public Task<string> WorkAsync(string subject, CancellationToken cancellationToken)
    {
        Note(subject);
        return Task.FromResult(subject);
    }

    public async Task FailAsync(string subject)
    {
        await Task.Yield();
        throw new FormatException(subject);
    }

    public ValueTask<string> GiveAsync(string subject) => ValueTask.FromResult(subject);

    public async IAsyncEnumerable<string> StreamAsync(string subject)
    {
        yield return subject;
        await Task.Yield();
        yield return subject;
    }

    private void Note(string subject) => _calls.AddOrUpdate(subject, 1, (_, before) => before + 1);
}
