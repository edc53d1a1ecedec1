import { Asset } from "expo-asset";
import { File } from "expo-file-system";
import { useEffect, useState } from "react";
import { FlatList, SafeAreaView, Text } from "react-native";
import films from "./films.model";
import { recommenderOf } from "./recommender.js";

async function loadRecommender() {
  const asset = await Asset.fromModule(films).downloadAsync();
  return recommenderOf(await new File(asset.localUri).bytes());
}

export default function App() {
  const [found, setFound] = useState([]);
  useEffect(() => {
    loadRecommender().then((recommend) => setFound(recommend(["Argo (2012)", "Lincoln (2012)"])));
  }, []);
  return (
    <SafeAreaView>
      <FlatList data={found} renderItem={({ item }) => <Text>{item}</Text>} />
    </SafeAreaView>
  );
}
