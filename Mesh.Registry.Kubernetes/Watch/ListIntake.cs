using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Takes the items of a list to the consumer as they arrive.</summary>
internal sealed class ListIntake<T>(IWatchConsumer<T> consumer, int maxObjectBytes)
{
    /// <summary>Takes one page, and returns what it says beside its items.</summary>
    /// <exception cref="JsonException">It is no whole list in JSON.</exception>
    /// <exception cref="ProtobufException">It is no whole list in protobuf.</exception>
    public async ValueTask<ListMetadata> TakeAsync(ResourceFormat<T> format, Stream body, ReadGuard guard)
    {
        using var reader = format.OpenList(body, maxObjectBytes);
        do
        {
            guard.Restart();
            TakeItems(format, reader);
        }
        while (await reader.FillAsync(guard.Token).ConfigureAwait(false));
        return reader.Metadata();
    }

    private void TakeItems(ResourceFormat<T> format, IListReader reader)
    {
        while (true)
        {
            switch (reader.TryRead(out var item))
            {
                case ObjectRead.Value:
                    Take(format, item);
                    break;
                case ObjectRead.TooLarge:
                    consumer.Skip(reader.TooLarge, $"it is larger than {maxObjectBytes} bytes");
                    break;
                case ObjectRead.Broken:
                    throw new JsonException("The list is malformed.");
                default:
                    return;
            }
        }
    }

    private void Take(ResourceFormat<T> format, ReadOnlySpan<byte> item)
    {
        T decoded;
        try
        {
            decoded = format.Decode(item);
        }
        catch (Exception e) when (format.IsMalformed(e))
        {
            consumer.Skip(format.IdentityOfItem(item), Malformed.Text(e));
            return;
        }

        consumer.InitApply(decoded);
    }
}
