//! A small study in memory that tests change one thing at a time.

use std::collections::BTreeMap;

use techpower::diag::{Kind, Notes};
use techpower::study::{Keep, Study};

pub(crate) type Texts = BTreeMap<String, Vec<u8>>;

/// Two states, a bloc with a member, a firm; every table has a few rows.
pub(crate) fn texts() -> Texts {
    [
        (
            "study.toml",
            "[study]\nformat = 1\nid = \"small\"\nfrom = 2022\nto = 2023\nfocal = [\"USA\", \"CHN\"]\n\
             [uncertainty]\ndraws = 200\nseed = 5\n\
             [relate.coalitions]\nallies = [\"USA\", \"JPN\", \"DEU\"]\n",
        ),
        (
            "tables/actors.csv",
            "actor,name_en,name_zh,kind,part_of,home,aliases\n\
             USA,United States,美国,state,,,America|美方\n\
             CHN,China,中国,state,,,\n\
             EU27,European Union,欧盟,bloc,,,\n\
             DEU,Germany,德国,state,EU27,,\n\
             JPN,Japan,日本,state,,,\n\
             firm:nvidia,NVIDIA,英伟达,firm,,USA,\n",
        ),
        (
            "tables/index.csv",
            "code,name_en,name_zh,parent,level,direction,weight,denominator,goalposts\n\
             resource,Resource control,资源支配,,2,1,1,,\n\
             compute,Compute,算力,resource,1,1,3,,\n\
             energy,Energy cost,能源成本,resource,1,-1,1,,\n\
             market,Market size,市场规模,,2,1,1,,\n\
             gdp,GDP,国内生产总值,market,1,1,1,,\n\
             standards,Standard setting,标准制定,,2,1,1,,\n\
             seats,Seats,席位,standards,1,1,1,,\n\
             discourse,Discourse,话语建构,,2,1,1,,\n\
             papers,Papers,论文,discourse,1,1,1,,\n",
        ),
        (
            "tables/indicators.csv",
            "actor,indicator,year,value,unit,low,high,vintage,reference\n\
             USA,compute,2022,34,percent,,,a,source a\n\
             USA,compute,2022,54,percent,,,b,source b\n\
             CHN,compute,2022,33,percent,30,36,a,source a\n\
             EU27,compute,2022,17,percent,,,a,source a\n\
             DEU,compute,2022,5,percent,,,a,source a\n\
             USA,energy,2022,8,ct,,,,test\nCHN,energy,2022,9,ct,,,,test\nEU27,energy,2022,20,ct,,,,test\n\
             USA,gdp,2022,25,tn,,,,test\nCHN,gdp,2022,18,tn,,,,test\nEU27,gdp,2022,17,tn,,,,test\n\
             USA,seats,2022,10,n,,,,test\nCHN,seats,2022,12,n,,,,test\nEU27,seats,2022,20,n,,,,test\n\
             USA,papers,2022,100,n,,,,test\nCHN,papers,2022,150,n,,,,test\nEU27,papers,2022,120,n,,,,test\n",
        ),
        (
            "tables/inputs.csv",
            "input,name_en,name_zh,layer,kind_of,needs,elasticity,reference\n\
             gallium,Gallium,镓,foundation,,all,3,test\n\
             chips,Chips,芯片,foundation,,all,2,test\n\
             services,Services,服务,application,,all,2,test\n",
        ),
        ("tables/requires.csv", "input,goes_into\ngallium,chips\nchips,services\n"),
        (
            "tables/supply.csv",
            "provider,input,year,share,low,high,reference\n\
             CHN,gallium,2022,0.9,,,test\nDEU,gallium,2022,0.1,,,test\n\
             USA,chips,2022,0.75,,,test\nCHN,chips,2022,0.25,,,test\n",
        ),
        (
            "tables/markets.csv",
            "actor,market,year,share,reference\nCHN,USA,2022,0.16,test\nfirm:nvidia,CHN,2022,0.2,test\nUSA,CHN,2022,0.08,test\n",
        ),
        (
            "tables/events.csv",
            "event,date,sender,targets,instrument,layer,power,mode,status,document,evidence,evidence_zh,coder,certainty,reference,note\n\
             e1,2022-10-07,USA,CHN,export-control,foundation,compulsory,impose,in_force,d1,Chips are controlled.,管制芯片。,curated,primary,87 FR 62186,\n\
             e2,2023-07-26,firm:nvidia,*,firm-alliance,technology,structural,cooperate,in_force,d2,An alliance.,联盟。,curated,secondary,test,\n\
             e3,2023-10-18,CHN,*,initiative,cross,productive,declare,adopted,d3,An initiative.,倡议。,curated,primary,test,\n\
             e4,2023-06,EU27,*,market-regulation,application,institutional,propose,proposed,d4,A law.,法律。,curated,primary,test,\n",
        ),
        (
            "tables/endorsements.csv",
            "text,actor,date,reference\ne3,JPN,2023-11,test\ne3,EU27,2023-12,test\n",
        ),
        (
            "tables/transactions.csv",
            "seller,seller_sector,buyer,buyer_sector,year,value,reference\n\
             USA,chips,DEU,cars,2022,20,test\nDEU,cars,CHN,chips,2022,10,test\nDEU,cars,USA,,2022,90,test\n\
             USA,chips,USA,,2022,80,test\nCHN,chips,USA,chips,2022,5,test\nCHN,chips,CHN,,2022,45,test\n",
        ),
        (
            "tables/trade.csv",
            "exporter,importer,product,year,value,quantity,reference\n\
             CHN,USA,gallium,2022,80,8,test\nDEU,USA,gallium,2022,20,2,test\nCHN,EU27,gallium,2022,50,,test\n\
             CHN,JPN,gallium,2022,40,,test\nJPN,USA,chips,2022,30,,test\nUSA,CHN,chips,2022,60,,test\n\
             CHN,USA,gallium,2023,90,9,test\nDEU,USA,gallium,2023,10,1,test\nUSA,CHN,chips,2023,70,,test\n",
        ),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .collect()
}

/// Replaces a part of a text, which must be there.
pub(crate) fn with(mut texts: Texts, path: &str, from: &str, to: &str) -> Texts {
    let text = String::from_utf8(texts[path].clone()).expect("UTF-8");
    assert!(text.contains(from), "`{from}` is not in {path}");
    texts.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    texts
}

pub(crate) fn read(texts: &Texts) -> (Study, Notes) {
    let (study, notes) = Study::read(texts, Keep::Rows);
    (study.expect("a study"), notes)
}

pub(crate) fn study() -> Study {
    read(&texts()).0
}

pub(crate) fn kinds(notes: &Notes) -> Vec<Kind> {
    notes.iter().map(|note| note.kind).collect()
}
