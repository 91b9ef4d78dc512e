using System.ComponentModel;
using System.Diagnostics;
using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// The native library librdkafka that was loaded. The operating system may find another installation before the one that comes with the package: on Debian and Ubuntu the bundled
/// <c>librdkafka.so</c> lacks <c>libsasl2.so.3</c>, so that a system library of any version is loaded instead.
/// </summary>
internal sealed record NativeLibraryCheck(string Version, int VersionNumber, string? Path)
{
    /// <summary>The version that Confluent.Kafka is built for: 2.16.0, in the digits of <c>rd_kafka_version()</c>.</summary>
    private const int Required = 0x02_10_00_00;

    /// <summary>Returns the loaded library, and loads it first if necessary.</summary>
    public static NativeLibraryCheck Loaded() => new(Library.VersionString, Library.Version, FindPath());

    /// <summary>Whether the library comes from outside the application's folder.</summary>
    public bool IsOfAnotherInstallation => Path is not null && !Path.StartsWith(AppContext.BaseDirectory, StringComparison.OrdinalIgnoreCase)
        && !Path.Contains("librdkafka.redist", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fails start-up if the library is older than the client needs.</summary>
    /// <exception cref="InvalidOperationException">It is older; the message says what to do.</exception>
    public void Require()
    {
        // The last two digits mark pre-releases.
        if (VersionNumber >>> 8 < Required >>> 8)
        {
            throw SafeText.Own(new InvalidOperationException(
                $"The Kafka client needs the native library librdkafka 2.16.0 or later, but {Version} was loaded{(Path is null ? "" : $" from '{Path}'")}: another installation was found before the one of the package. "
                + "Remove it (on Debian and Ubuntu: the package librdkafka-dev), or take its folder out of LD_LIBRARY_PATH."));
        }
    }

    private static string? FindPath()
    {
        try
        {
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>().Select(module => module.FileName).FirstOrDefault(name => System.IO.Path.GetFileName(name).Contains("rdkafka", StringComparison.OrdinalIgnoreCase)
                && !name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) | name.EndsWith("librdkafka.dll", StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception exception) when (exception is Win32Exception or NotSupportedException or InvalidOperationException)
        {
            // A sandbox may hide it.
            return null;
        }
    }
}
