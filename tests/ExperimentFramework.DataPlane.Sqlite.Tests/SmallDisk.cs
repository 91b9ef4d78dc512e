using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>A small disk in memory, which can be full or read-only. Only root may mount one; other users' tests are skipped.</summary>
/// <param name="path">The folder that it is mounted on, which is created.</param>
internal sealed class SmallDisk(string path) : IDisposable
{
    private bool _isMounted;

    public string File(string name) => Path.Combine(path, name);

    public void Mount(string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux mounts a tmpfs.");
        Directory.CreateDirectory(path);
        _isMounted = TryRun("mount", "-t", "tmpfs", "-o", options, "tmpfs", path) == 0;
        Assert.SkipUnless(_isMounted, "This user may not mount a tmpfs, so there is no small disk.");
    }

    public void Remount(string option) => Run("mount", "-o", $"remount,{option}", path);

    /// <summary>Removes the disk. Open files stay usable.</summary>
    public void Unmount()
    {
        Run("umount", "-l", path);
        _isMounted = false;
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var filler = System.IO.File.Create(File("rest"), bufferSize: 1);
        var page = new byte[4_096];
        try
        {
            while (filler.Length < 100_000_000)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    /// <summary>Gives the space back that was taken by <see cref="Fill"/>.</summary>
    public void Free() => System.IO.File.Delete(File("rest"));

    public void Dispose()
    {
        if (_isMounted)
        {
            Unmount();
        }
    }

    private static void Run(string command, params string[] arguments) => Assert.Equal(0, TryRun(command, arguments));

    private static int TryRun(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
