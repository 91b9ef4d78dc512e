using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.WebShopSample.Tests;

/// <summary>The shop in a process of its own, on a free port, with a folder of its own.</summary>
internal sealed partial class ShopProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private ShopProcess(DirectoryInfo folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    public Uri Address { get; private set; } = null!;

    public static async Task<ShopProcess> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-shop-");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Metadata("Sample"),
            RedirectStandardOutput = true,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        };

        // Half of the visitors are lost while the checkout is broken, so that the alarm is soon there.
        foreach (var argument in new[] { Metadata("SampleAssembly"), "--urls", "http://127.0.0.1:0", "--data", folder.FullName, "--loss", "0.5", "--visitors", "40", "--outbox", "100000" })
        {
            start.ArgumentList.Add(argument);
        }

        var shop = new ShopProcess(folder, Process.Start(start)!);
        try
        {
            shop.Address = await shop.OpenedAsync();
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    public static string Metadata(string key) =>
        typeof(ShopProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Uri> OpenedAsync()
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The shop ended before it was open."));
            }
            else if (Opened().Match(line.Data) is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        _process.BeginOutputReadLine();
        return await address.Task.WaitAsync(Limit);
    }

    [GeneratedRegex(@"The shop is open: (\S+)")]
    private static partial Regex Opened();
}
