using System.Net;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The addresses that a page is served at.</summary>
/// <param name="Urls">The addresses.</param>
/// <param name="Hosts">The names under which they may be asked; null for any.</param>
/// <param name="IsDefault">Whether nobody chose them, so that another port will do.</param>
internal sealed record ListenAddresses(IReadOnlyList<string> Urls, IReadOnlyList<string>? Hosts, bool IsDefault)
{
    private const string Default = "http://127.0.0.1:5080";
    private const string AnyPort = "http://127.0.0.1:0";

    /// <summary>The same with a port that is free.</summary>
    public ListenAddresses OnAnyPort => this with { Urls = [AnyPort], IsDefault = false };

    /// <summary>Reads addresses from the command line.</summary>
    /// <param name="urls">The addresses; none for the default.</param>
    /// <param name="allowsRemote">Whether others than this machine may be let in.</param>
    /// <exception cref="CommandException">One is no address of HTTP, or is not of this machine alone.</exception>
    public static ListenAddresses Of(IReadOnlyList<string> urls, bool allowsRemote)
    {
        if (urls.Count == 0)
        {
            return new ListenAddresses([Default], HostsOf([Default]), IsDefault: true);
        }

        foreach (var url in urls)
        {
            var host = Parse(url).Host;
            if (!allowsRemote && !IsLoopback(host))
            {
                throw new CommandException($"'{url}' can be reached by others, and the page asks nobody who they are. Name an address of this machine alone, such as {Default}, or let everybody in with --allow-remote.");
            }
        }

        return new ListenAddresses(urls, allowsRemote ? null : HostsOf(urls), IsDefault: false);
    }

    private static BindingAddress Parse(string url)
    {
        const string Form = "Name it as http://ADDRESS:PORT, such as " + Default + "; port 0 is any that is free.";
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme != "http" || address.PathBase.Length > 0 || address.IsUnixPipe || address.IsNamedPipe || address.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort
                ? throw new CommandException($"'{url}' is no address to serve at. {Form}")
                : address;
        }
        catch (FormatException exception)
        {
            throw new CommandException($"'{url}' is no address to serve at: {exception.Message} {Form}", exception);
        }
    }

    /// <summary>A page of another site that gives itself an address of this machine is not let in: its name is none of these.</summary>
    private static string[] HostsOf(IReadOnlyList<string> urls) => [.. urls.Select(static url => Parse(url).Host), "localhost", "127.0.0.1", "[::1]"];

    /// <summary>The host is read just as the server does, which listens on all addresses for one that it cannot read.</summary>
    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
