using System.IO.Compression;

namespace ExperimentFramework.DataPlane;

/// <summary>Compresses a finished file into another one in the same folder.</summary>
internal sealed class GzipConverter : IRolledFileConverter
{
    public async ValueTask ConvertAsync(string path, CancellationToken cancellationToken)
    {
        var target = Path.Combine(Path.GetDirectoryName(path)!, JournalName.BaseOf(path) + JournalName.Gzip);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, JournalName.BaseOf(path) + JournalName.Temporary);
        try
        {
            await CompressAsync(path, temporary, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // An incomplete file takes space on a disk that may be full, which the journal needs.
            File.Delete(temporary);
            throw;
        }

        File.Move(temporary, target, overwrite: true);
    }

    private static async ValueTask CompressAsync(string path, string target, CancellationToken cancellationToken)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        using var file = OwnerOnly.Open(target, FileMode.Create);
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
        {
            await source.CopyToAsync(gzip, cancellationToken).ConfigureAwait(false);
        }

        // Flushed before the original lines, which may already be on the disk, are deleted.
        file.Flush(flushToDisk: true);
    }
}
