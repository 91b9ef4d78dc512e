using System.Net;
using System.Net.Sockets;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>Passes bytes between clients and a server, and on demand loses the answer to a commit: the server has committed, and the client sees its connection break.</summary>
public sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _serverPort;
    private byte[]? _tag;
    private int _cutsLeft;
    private int _commitsLeft;
    private int _cuts;

    public CuttingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were lost.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Loses the answers to the next commits.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _cutsLeft, count);

    /// <summary>Loses the next commits themselves: the server sees its client leave without one.</summary>
    public void LoseCommits(int count) => Volatile.Write(ref _commitsLeft, count);

    /// <summary>Loses the next answer that contains these bytes.</summary>
    public void LoseAnswerTo(byte[] tag)
    {
        Volatile.Write(ref _tag, tag);
        LoseAnswers(1);
    }

    public void Dispose()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
            var (down, up) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(PassAsync(down, up, request => !IsLostCommit(request)), PassAsync(up, down, answer => !IsLost(answer)));
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> passes)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is var count and > 0 && passes(buffer.AsMemory(0, count)))
        {
            await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private bool IsLostCommit(ReadOnlyMemory<byte> request)
    {
        if (request.Span.IndexOf("COMMIT"u8) < 0 || Interlocked.Decrement(ref _commitsLeft) < 0)
        {
            return false;
        }

        Interlocked.Increment(ref _cuts);
        return true;
    }

    /// <summary>Whether these bytes say that a transaction has been committed, and are to be lost.</summary>
    private bool IsLost(ReadOnlyMemory<byte> answer)
    {
        // The end of COPY or COMMIT, and ReadyForQuery outside a transaction.
        var bytes = answer.Span;
        var isAnswer = Volatile.Read(ref _tag) is { } tag ? bytes.IndexOf(tag) >= 0 : bytes.IndexOf("COPY "u8) >= 0 || bytes.IndexOf("COMMIT"u8) >= 0;
        if (!isAnswer || bytes.IndexOf("Z\0\0\0\u0005I"u8) < 0)
        {
            return false;
        }

        if (Interlocked.Decrement(ref _cutsLeft) < 0)
        {
            return false;
        }

        Interlocked.Increment(ref _cuts);
        return true;
    }
}
