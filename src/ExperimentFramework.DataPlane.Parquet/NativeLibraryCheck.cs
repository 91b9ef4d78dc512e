using System.Runtime.InteropServices;
using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Checks at start-up whether the native library of ParquetSharp can be loaded, rather than when the first file is converted.</summary>
internal static class NativeLibraryCheck
{
    /// <summary>Loads the library.</summary>
    /// <param name="load">Loads it; null calls it for the first time.</param>
    /// <exception cref="PlatformNotSupportedException">It cannot be loaded.</exception>
    public static void Require(Action? load = null)
    {
        try
        {
            (load ?? Load)();
        }
        catch (Exception exception) when (Unwrap(exception) is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new PlatformNotSupportedException(
                $"Parquet files cannot be written on {RuntimeInformation.RuntimeIdentifier}: the native library of ParquetSharp cannot be loaded ({Unwrap(exception).Message.TrimEnd('.')}). "
                + "It exists for Linux with glibc 2.17 or later, macOS and Windows, and not for Alpine Linux (musl). "
                + "Use an image with glibc, or AddFileDataBackplane, whose JSON lines ParquetEventFiles.WriteAsync converts on another machine.",
                exception);
        }
    }

    private static void Load()
    {
        using var builder = new WriterPropertiesBuilder();
    }

    private static Exception Unwrap(Exception exception) => exception is TypeInitializationException { InnerException: { } inner } ? Unwrap(inner) : exception;
}
