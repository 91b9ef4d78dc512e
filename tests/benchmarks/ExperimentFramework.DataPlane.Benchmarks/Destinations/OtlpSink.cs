using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// A collector in a process of its own, so that its work is not measured: takes requests over HTTP, counts their log records and accepts everything. A connection
/// that asks for <c>/count</c> gets the number.
/// </summary>
internal sealed class OtlpSink : IDisposable
{
    private const int MaxRequest = 64 << 20;

    private readonly Process _process;

    private OtlpSink(Process process, int port)
    {
        _process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public Uri Address { get; }

    /// <summary>Starts this program again as a collector.</summary>
    public static OtlpSink Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        start.ArgumentList.Add("otlp-sink");
        var process = Process.Start(start)!;
        return new OtlpSink(process, int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
    }

    /// <summary>Runs the collector until its process is killed.</summary>
    public static async Task<int> RunAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        var records = new StrongBox();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            _ = ServeAsync(client, records);
        }
    }

    /// <summary>Returns how many log records have come.</summary>
    public async Task<long> CountAsync()
    {
        using var http = new HttpClient();
        return long.Parse(await http.GetStringAsync(new Uri(Address, "/count")), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static async Task ServeAsync(TcpClient client, StrongBox records)
    {
        using var connection = client;
        var stream = connection.GetStream();
        var buffer = new byte[1 << 20];
        var length = 0;
        while (true)
        {
            int head;
            while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    return;
                }

                length += read;
            }

            var isCount = buffer.AsSpan(0, length).StartsWith("GET /count"u8);
            var total = head + 4 + (isCount ? 0 : ContentLength(buffer.AsSpan(0, head)));
            if (total > MaxRequest)
            {
                return;
            }

            Array.Resize(ref buffer, Math.Max(buffer.Length, total));
            while (length < total)
            {
                length += await stream.ReadAsync(buffer.AsMemory(length));
            }

            if (isCount)
            {
                var text = Interlocked.Read(ref records.Value).ToString(CultureInfo.InvariantCulture);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}")));
            }
            else
            {
                Interlocked.Add(ref records.Value, Records(buffer.AsSpan(head + 4, total - head - 4)));
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }

            buffer.AsSpan(total, length - total).CopyTo(buffer);
            length -= total;
        }
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        const string Name = "Content-Length: ";
        var text = System.Text.Encoding.ASCII.GetString(head);
        var start = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase) + Name.Length;
        return Utf8Parser.TryParse(head[start..], out int length, out _) ? length : 0;
    }

    /// <summary>The number of fields <c>resource_logs.scope_logs.log_records</c>.</summary>
    private static long Records(ReadOnlySpan<byte> request)
    {
        var count = 0L;
        foreach (var resource in Fields(request, 1))
        {
            foreach (var scope in Fields(request[resource], 2))
            {
                count += Fields(request[resource][scope], 2).Count;
            }
        }

        return count;
    }

    private static List<Range> Fields(ReadOnlySpan<byte> message, ulong number)
    {
        List<Range> found = [];
        var position = 0;
        while (position < message.Length)
        {
            var tag = Varint(message, ref position);
            var length = (tag & 7) switch
            {
                0 => 0,
                1 => 8,
                5 => 4,
                _ => (int)Varint(message, ref position),
            };
            if ((tag & 7) == 0)
            {
                Varint(message, ref position);
            }

            if (tag >> 3 == number)
            {
                found.Add(position..(position + length));
            }

            position += length;
        }

        return found;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}
