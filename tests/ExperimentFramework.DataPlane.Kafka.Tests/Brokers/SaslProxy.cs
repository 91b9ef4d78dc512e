using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ExperimentFramework.DataPlane.Kafka.Tests;

/// <summary>
/// What the brokers of tests lack: TLS and SASL PLAIN in front of one of them. It answers the requests that come before a connection is authenticated
/// (<see href="https://kafka.apache.org/protocol">ApiVersions, SaslHandshake, SaslAuthenticate</see>), and passes on what follows.
/// </summary>
internal sealed class SaslProxy : IAsyncDisposable
{
    private const short ApiVersions = 18;
    private const short SaslHandshake = 17;
    private const short SaslAuthenticate = 36;
    private const short UnsupportedVersion = 35;
    private const short AuthenticationFailed = 58;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly TemporaryFolder _folder = new();
    private readonly string _password;
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;

    public SaslProxy(string broker, string password)
    {
        _broker = IPEndPoint.Parse(broker);
        _password = password;
        CertificatePath = _folder.File("ca.pem");
        File.WriteAllText(CertificatePath, _certificate.ExportCertificatePem());
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The certificate, for clients that shall trust it.</summary>
    public string CertificatePath { get; }

    /// <summary>The user names that clients have sent.</summary>
    public HashSet<string> UserNames { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _certificate.Dispose();
        _folder.Dispose();
        _end.Dispose();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var broker = new TcpClient();
                await broker.ConnectAsync(_broker, _end.Token);
                await using var secure = new SslStream(client.GetStream());
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
                if (await AuthenticateAsync(secure, broker.GetStream()))
                {
                    await Task.WhenAny(secure.CopyToAsync(broker.GetStream(), _end.Token), broker.GetStream().CopyToAsync(secure, _end.Token));
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, or the test has ended.
            }
        }
    }

    private async Task<bool> AuthenticateAsync(Stream client, NetworkStream broker)
    {
        while (true)
        {
            var request = await ReadFrameAsync(client);
            var (api, version, correlation) = (BinaryPrimitives.ReadInt16BigEndian(request), BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)), request[4..8]);
            switch (api)
            {
                case ApiVersions when version > 0:
                    await WriteFrameAsync(client, [.. correlation, .. Int16(UnsupportedVersion), .. Int32(1), .. Versions(ApiVersions, 0)]);
                    break;
                case ApiVersions:
                    await WriteFrameAsync(broker, request);
                    await WriteFrameAsync(client, WithSasl(await ReadFrameAsync(broker)));
                    break;
                case SaslHandshake:
                    await WriteFrameAsync(client, [.. correlation, .. Int16(0), .. Int32(1), .. Int16(5), .. "PLAIN"u8]);
                    break;
                case SaslAuthenticate:
                    var (name, password) = Credentials(request);
                    lock (UserNames)
                    {
                        UserNames.Add(name);
                    }

                    if (password == _password)
                    {
                        await WriteFrameAsync(client, [.. correlation, .. Int16(0), .. Int16(-1), .. Int32(0)]);
                        return true;
                    }

                    await WriteFrameAsync(client, [.. correlation, .. Int16(AuthenticationFailed), .. Int16(15), .. "Invalid secret."u8, .. Int32(0)]);
                    return false;
                default:
                    return false;
            }
        }
    }

    /// <summary>Adds the two requests to the answer of a broker that does not know them: correlation id, error, and the versions of each request.</summary>
    private static byte[] WithSasl(byte[] answer)
    {
        var count = BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6));
        return [.. answer[..6], .. Int32(count + 2), .. answer[10..(10 + (count * 6))], .. Versions(SaslHandshake, 1), .. Versions(SaslAuthenticate, 0)];
    }

    /// <summary>The name and password of SASL PLAIN (RFC 4616), each after a NUL, behind the client's id and the length of the message.</summary>
    private static (string Name, string Password) Credentials(byte[] request)
    {
        const int ClientId = 8;
        var message = ClientId + sizeof(short) + BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(ClientId)) + sizeof(int);
        var parts = Encoding.UTF8.GetString(request.AsSpan(message)).Split('\0');
        return (parts[1], parts[2]);
    }

    private async Task<byte[]> ReadFrameAsync(Stream stream)
    {
        var size = new byte[4];
        await stream.ReadExactlyAsync(size, _end.Token);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, _end.Token);
        return frame;
    }

    private async Task WriteFrameAsync(Stream stream, byte[] frame) => await stream.WriteAsync((byte[])[.. Int32(frame.Length), .. frame], _end.Token);

    private static byte[] Versions(short api, short last) => [.. Int16(api), .. Int16(0), .. Int16(last)];

    private static byte[] Int16(short value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
