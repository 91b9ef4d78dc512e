using System.IO.Compression;

namespace ExperimentFramework.DataPlane;

/// <summary>Compresses a finished file into another one in the same folder.</summary>
internal sealed class GzipConverter : IRolledFileConverter
{
    public async ValueTask ConvertAsync(string path, CancellationToken cancellationToken)
    {
        var target = Path.Combine(Path.GetDirectoryName(path)!, JournalName.BaseOf(path) + JournalName.Gzip);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, JournalName.BaseOf(path) + JournalName.Temporary);
        using (var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0))
        using (var file = OwnerOnly.Open(temporary, FileMode.Create))
        {
            using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
            {
                await source.CopyToAsync(gzip, cancellationToken).ConfigureAwait(false);
            }

            // Flushed before the original lines, which may already be on the disk, are deleted.
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
    }
}
